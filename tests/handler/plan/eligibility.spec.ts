import { plans } from "./plans";

describe("the plan, of instances that aren't even waiting", () => {
  for (const state of ["InService", "Standby"]) {
    plans(`notes a member of a tagged group that has no tag itself, at ${state}
      i-b unseen, tag render, ${state}    i-a unseen, ${state}
      => ineligible i-a: i-a has no address: its group workers has the tag pool-tag, the instance hasn't
      => ineligible i-b of render: i-b has no address: its group workers has the tag pool-tag, the instance hasn't`);
  }

  plans(`notes nothing of a member whose tag isn't known while it is launched
    i-a unseen, Pending
    => nothing`);

  plans(`notes nothing of members of a group that is another manager's
    only pools licence    i-a unseen, tag render, InService
    => nothing`);

  plans(`notes nothing of a tagged member, which the plan speaks of
    i-a running, InService    no interface of licence in a for 30 s
    => exhausted i-a: i-a has no address: pool licence has no interface in eu-west-1a`);

  plans(`notes nothing of one that leaves its group and ends
    i-a shutting-down, Terminating:Proceed
    => nothing`);

  plans(`notes nothing of a stranger that holds an interface of another manager's
    only pools licence    eni-1 on i-a, pool render    i-a stopped, untagged    i-b stopped, untagged
    => nothing`);

  plans(`notes nothing of one that has an interface of another manager's
    only pools licence    eni-1 on i-a, pool render    i-a running, tag render
    => nothing`);

  plans(`notes nothing of an attachment that no read shows yet
    eni-1 free, given to i-a    i-a stopped
    => attaching eni-1 i-a, recheck 2000: 10.0.0.1 is attaching to i-a`);

  plans(`notes the tagged before the untagged members
    i-c stopped    i-b unseen, InService    i-a stopped
    => ineligible i-a: i-a has no address: EC2 shows it stopped
    => ineligible i-c: i-c has no address: EC2 shows it stopped
    => ineligible i-b: i-b has no address: its group workers has the tag pool-tag, the instance hasn't`);
});
