import assert from "node:assert/strict";
import { RUN_LIMIT_MS, runProgram, type Run } from "./engine";
import { find, typesAndNames, UNKNOWN } from "./mocks";

const STACK = "Stack network-interface-pool-production";

const runWith = (preview: boolean, pools: unknown[]): Promise<Run> =>
  runProgram({
    preview,
    stack: "production",
    config: {
      "aws:region": "eu-west-1",
      "network-interface-pool:pools": JSON.stringify(pools),
      "network-interface-pool:syncInterval": "5",
    },
  });

describe("program, as the command line runs it", () => {
  let preview: Run;
  let update: Run;
  let mistaken: Run;
  before(async function () {
    this.timeout(RUN_LIMIT_MS);
    const pools = [
      { name: "licence", subnetId: "subnet-a", addresses: ["10.1.0.11", "10.1.0.10"] },
      { name: "web", size: 2, group: { maxSize: 1 } },
    ];
    [preview, update, mistaken] = await Promise.all([
      runWith(true, pools),
      runWith(false, pools),
      runWith(true, [{ name: "licence", size: 0, group: { size: 1 } }]),
    ]);
  });

  it("registers every resource in an update", () => {
    assert.deepEqual(typesAndNames(update.registrations), [
      "aws:autoscaling/group:Group web",
      "aws:autoscaling/lifecycleHook:LifecycleHook web-network-interface-pool-launch",
      "aws:autoscaling/lifecycleHook:LifecycleHook web-network-interface-pool-terminate",
      "aws:cloudwatch/dashboard:Dashboard manager",
      "aws:cloudwatch/eventRule:EventRule manager-instance-state",
      "aws:cloudwatch/eventRule:EventRule manager-lifecycle",
      "aws:cloudwatch/eventRule:EventRule manager-schedule",
      "aws:cloudwatch/eventTarget:EventTarget manager-instance-state",
      "aws:cloudwatch/eventTarget:EventTarget manager-lifecycle",
      "aws:cloudwatch/eventTarget:EventTarget manager-schedule",
      "aws:cloudwatch/logGroup:LogGroup manager",
      "aws:cloudwatch/metricAlarm:MetricAlarm manager-dead-letters",
      "aws:cloudwatch/metricAlarm:MetricAlarm manager-errors",
      "aws:cloudwatch/metricAlarm:MetricAlarm manager-instance-waits",
      "aws:cloudwatch/metricAlarm:MetricAlarm manager-no-sync",
      "aws:cloudwatch/metricAlarm:MetricAlarm manager-pool-exhausted",
      "aws:cloudwatch/metricAlarm:MetricAlarm manager-undelivered",
      "aws:ec2/launchTemplate:LaunchTemplate web",
      "aws:ec2/networkInterface:NetworkInterface licence-0",
      "aws:ec2/networkInterface:NetworkInterface licence-1",
      "aws:ec2/networkInterface:NetworkInterface web-0",
      "aws:ec2/networkInterface:NetworkInterface web-1",
      "aws:ec2/securityGroup:SecurityGroup licence",
      "aws:ec2/securityGroup:SecurityGroup web",
      "aws:iam/role:Role manager",
      "aws:iam/rolePolicy:RolePolicy manager",
      "aws:lambda/eventSourceMapping:EventSourceMapping manager-events",
      "aws:lambda/function:Function manager",
      "aws:sqs/queue:Queue manager-dead-letters",
      "aws:sqs/queue:Queue manager-events",
      "aws:sqs/queue:Queue manager-undelivered",
      "aws:sqs/queuePolicy:QueuePolicy manager-events",
      "aws:sqs/queuePolicy:QueuePolicy manager-undelivered",
      "awsx:ec2:Vpc network",
      "network-interface-pool:index:NetworkInterfaceManager manager",
      "network-interface-pool:index:NetworkInterfacePool licence",
      "network-interface-pool:index:NetworkInterfacePool web",
      "network-interface-pool:index:SingleZoneGroup web",
      "pulumi:pulumi:Stack network-interface-pool-production",
    ]);
  });

  it("registers the same resources in a preview, where no id is known", () => {
    assert.deepEqual(typesAndNames(preview.registrations), typesAndNames(update.registrations));
  });

  it("ends both without an error or a warning", () => {
    assert.deepEqual([preview.exitCode, preview.messages], [0, []]);
    assert.deepEqual([update.exitCode, update.messages], [0, []]);
  });

  for (const mode of ["preview", "update"] as const) {
    it(`protects the interfaces in ${mode === "preview" ? "a preview" : "an update"}`, () => {
      const { registrations } = mode === "preview" ? preview : update;
      for (const name of ["licence-0", "licence-1", "web-0", "web-1"]) {
        const type = "aws:ec2/networkInterface:NetworkInterface";
        const { protect, retainOnDelete, deleteBeforeReplace, ignoreChanges } = find(
          registrations,
          type,
          name,
        );
        assert.deepEqual(
          { protect, retainOnDelete, deleteBeforeReplace, ignoreChanges },
          {
            protect: true,
            retainOnDelete: false,
            deleteBeforeReplace: true,
            ignoreChanges: ["attachments"],
          },
        );
      }
    });
  }

  it("shows fixed addresses in a preview, in the given subnet and in the one to be made", () => {
    const type = "aws:ec2/networkInterface:NetworkInterface";
    const { privateIps, subnetId } = find(preview.registrations, type, "licence-0").inputs;
    assert.deepEqual([privateIps, subnetId], [["10.1.0.11"], "subnet-a"]);
    assert.equal(find(preview.registrations, type, "web-0").inputs.subnetId, UNKNOWN);
  });

  it("exports in an update what every pool has", () => {
    assert.deepEqual(update.outputs[STACK], {
      pools: {
        licence: {
          addresses: ["10.1.0.11", "10.1.0.10"],
          macAddresses: ["mac-of-licence-0", "mac-of-licence-1"],
          networkInterfaceIds: ["eni-licence-0", "eni-licence-1"],
          availabilityZone: "eu-west-1a",
        },
        web: {
          addresses: ["chosen-for-web-0", "chosen-for-web-1"],
          macAddresses: ["mac-of-web-0", "mac-of-web-1"],
          networkInterfaceIds: ["eni-web-0", "eni-web-1"],
          availabilityZone: "eu-west-1c",
          groupName: "web-1a2b",
        },
      },
      managerFunctionName: "manager-1a2b",
    });
  });

  it("exports in a preview what is known: the zone of the given subnet", () => {
    const unknown = {
      addresses: UNKNOWN,
      macAddresses: UNKNOWN,
      networkInterfaceIds: UNKNOWN,
      availabilityZone: UNKNOWN,
    };
    assert.deepEqual(preview.outputs[STACK], {
      pools: {
        licence: { ...unknown, availabilityZone: "eu-west-1a" },
        web: { ...unknown, groupName: UNKNOWN },
      },
      managerFunctionName: UNKNOWN,
    });
  });

  it("tells every mistake of the configuration, and registers nothing", () => {
    assert.deepEqual(mistaken.messages, [
      "The configuration of stack production can't be used; nothing was created. " +
        "Mend these in Pulumi.production.yaml:\n" +
        "pools[0].group.size is no key here; write one of subnetIds, securityGroupIds, instanceType, imageId, imageParameter, " +
        "desiredCapacity, maxSize, furtherPools, userData, waitForAddress, keyName, instanceProfile, healthCheckGracePeriod, or leave it out\n" +
        "pools[0].size is 0; write a whole number from 1 to 1000",
    ]);
    assert.deepEqual(typesAndNames(mistaken.registrations), [
      "pulumi:pulumi:Stack network-interface-pool-production",
    ]);
  });

  it("ends with the status that says the mistakes were told", () => {
    assert.equal(mistaken.exitCode, 32);
  });
});
