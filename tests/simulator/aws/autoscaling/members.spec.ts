import { describeCourses } from "./courses";

describeCourses("a group that is resized")(`
  launches what is missing
    60000  | setDesiredCapacity web 3 | InService
    60000  |                          | InService InService InService | members: 0 1 2
  terminates the oldest when there are too many | desiredCapacity 3
    60000  | setDesiredCapacity web 1 | InService InService InService
    60000  |                          | InService | members: 2 | in EC2: terminated terminated running
  takes both ends of its range | minSize 1
    60000  | setDesiredCapacity web 3 | InService
    60000  | setDesiredCapacity web 1 | InService InService InService
    60000  |                          | InService
`);

describeCourses("a group that loses an instance")(`
  replaces it some time after it was terminated
    60000  | terminateInstance #0 | InService
    14999  |                      | InService
    1      |                      | Terminating:Proceed Pending
    60000  |                      | InService | members: 1 | in EC2: terminated running
  replaces it some time after it was stopped
    60000  | stopInstance #0 | InService
    14999  |                 | InService
    1      |                 | Terminating:Proceed Pending
    60000  |                 | InService | members: 1 | in EC2: terminated running
  leaves it alone if it runs again before it is noticed
    60000  | setTiming healthCheck 16000; stopInstance #0 | InService
    10000  | startInstance #0                             | InService
    120000 |                                              | InService | members: 0
  leaves one alone that is no member
    60000  | runInstance          | InService
    0      | terminateInstance #1 | InService
    120000 |                      | InService | members: 0
`);

describeCourses("AutoScaling.enterStandby", { desiredCapacity: 2, minSize: 1 })(`
  replaces the member
    60000  | enterStandby web #0 false | EnteringStandby InService
    699    |                           | EnteringStandby InService
    1      |                           | Standby InService Pending
    60000  |                           | Standby InService InService | desired: 2
  replaces nobody if the desired capacity goes down
    60000  | enterStandby web #0 true | EnteringStandby InService
    60000  |                          | Standby InService | desired: 1
  ends neither by a scale-in nor by a failed health check
    60000  | enterStandby web #0 false                 | EnteringStandby InService
    60000  | stopInstance #0; setDesiredCapacity web 1 | Standby InService InService
    120000 |                                           | Standby InService | members: 0 2 | in EC2: stopped terminated running
`);

describeCourses("AutoScaling.exitStandby")(`
  takes the member back without a launch hook, and the desired capacity up
    60000  | enterStandby web #0 true        | EnteringStandby
    10000  | addHooks on-launch on-terminate | Standby
    0      | exitStandby web #0              | Pending
    699    |                                 | Pending
    1      |                                 | InService | desired: 1 | events: none
  replaces a member that was stopped meanwhile | desiredCapacity 2, minSize 1
    60000  | enterStandby web #0 true | EnteringStandby InService
    10000  | stopInstance #0          | Standby InService
    30000  | exitStandby web #0       | Pending InService
    15699  |                          | InService InService
    60000  |                          | InService InService | members: 1 2
  lets no hook hold a member that is started just then
    60000  | enterStandby web #0 true; stopInstance #0   | EnteringStandby
    30000  | addHooks on-launch; setTiming groupStep 6000; startInstance #0 | Standby
    0      | exitStandby web #0; setTiming groupStep 500 | Pending
    5999   |                                             | Pending
    1      |                                             | InService | events: none
`);

describeCourses("AutoScaling.detachInstance")(`
  lets the member go without a hook, and launches another
    60000  | addHooks on-launch on-terminate; detachInstance web #0 false | Detaching
    699    |  | Detaching
    30000  |  | Pending:Wait | members: 1 | in EC2: running running
           | events: launch EC2 AutoScalingGroup
  launches no other if the desired capacity goes down
    60000  | detachInstance web #0 true | Detaching
    30000  |                            | | desired: 0
  takes as long as a load balancer drains it, while nobody checks its health | drainingSeconds 60
    60000  | detachInstance web #0 true; stopInstance #0 | Detaching
    59999  |                                             | Detaching
    1      |                                             | | in EC2: stopped
  takes one from standby, too | desiredCapacity 2
    60000  | enterStandby web #0 true    | EnteringStandby InService
    1000   | detachInstance web #0 false | Detaching InService
    10000  |                             | InService | members: 1
`);

describeCourses("AutoScaling.suspendProcesses")(`
  has a group launch nobody until it is resumed, in the place of whom it terminates, either
    60000  | suspendProcesses web ["Launch"]; terminateInstance #0; setDesiredCapacity web 2 | InService
    119000 |                                |
    0      | resumeProcesses web ["Launch"] | Pending Pending
    60000  |                                | InService InService
  has a group terminate nobody until it is resumed, neither surplus nor unhealthy | desiredCapacity 3
    60000  | suspendProcesses web ["Terminate"]; setDesiredCapacity web 2; stopInstance #1 | InService InService InService
    119999 |                                   | InService InService InService
    1      | resumeProcesses web ["Terminate"] | InService Terminating:Proceed InService
    60000  |                                   | InService InService | members: 0 2
  has a launch that replaces go on beside the one it replaces | capacityRebalance true
    60000  | suspendProcesses web ["Terminate"]; recommendRebalance #0 | InService Pending
    60000  |                                   | InService InService
    0      | resumeProcesses web ["Terminate"] | Terminating:Proceed InService
  has a group find nobody unhealthy; what still is when it is resumed is found then | desiredCapacity 2
    60000  | suspendProcesses web ["HealthCheck"]; stopInstance #0; stopInstance #1; reportImpaired #0 | InService InService
    200000 | startInstance #1                    | InService InService
    10000  | resumeProcesses web ["HealthCheck"] | InService InService
    120000 |                                     | InService InService | members: 1 2
  has a group replace nobody it finds unhealthy; all at once when it is resumed
    60000  | suspendProcesses web ["ReplaceUnhealthy"]; stopInstance #0 | InService
    60000  | startInstance #0                         | InService
    60000  |                                          | InService
    0      | resumeProcesses web ["ReplaceUnhealthy"] | Terminating:Proceed Pending
`);

describeCourses("AutoScaling.setInstanceProtection")(`
  leaves the protected out when there are too many, and none if all are | desiredCapacity 3
    60000  | setInstanceProtection web #0 true; setInstanceProtection web #2 true | InService InService InService
    0      | setDesiredCapacity web 1           | InService InService InService
    120000 | setInstanceProtection web #2 false | InService InService
    0      | setDesiredCapacity web 1           | InService InService
    120000 |                                    | InService | members: 0
  protects nobody who is unhealthy
    60000  | setInstanceProtection web #0 true; stopInstance #0 | InService
    120000 |  | InService | members: 1
`);

describeCourses("AutoScaling.reportImpaired")(`
  has the member replaced after two or three minutes, with its terminate hook
    60000  | addHooks on-terminate; reportImpaired #0 | InService
    119999 |                                          | InService
    60001  |                                          | Terminating:Wait InService | in EC2: running running
           | events: terminate AutoScalingGroup EC2
  leaves one on standby alone
    60000  | enterStandby web #0 true; reportImpaired #0 | EnteringStandby
    300000 |                                             | Standby
`);

describeCourses("a group that retains what is abandoned", { retainsAbandoned: true })(`
  keeps it running, launches another, and terminates it when it is asked again
    60000  | addHooks on-terminate-abandoned   | InService
    0      | replaceInstance #0                | Terminating:Wait Pending
    119999 |                                   | Terminating:Wait InService
    1      |                                   | Terminating:Retained InService | in EC2: running running
    80000  | replaceInstance #0                | Terminating:Wait InService
    0      | complete on-terminate #0 CONTINUE | Terminating:Proceed InService
    60000  |                                   | InService | in EC2: terminated running
`);

describeCourses("any other group")(`
  lets go what is abandoned
    60000  | addHooks on-terminate; replaceInstance #0 | Terminating:Wait Pending
    0      | complete on-terminate #0 ABANDON          | Terminating:Proceed Pending
    60000  |                                           | InService | in EC2: terminated running
`);
