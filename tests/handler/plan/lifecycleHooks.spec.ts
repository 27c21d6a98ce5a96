import assert from "node:assert/strict";
import { assess } from "../../../handler/assess";
import { plans, plansIn } from "./plans";
import { readWorld } from "./worldText";

describe("the plan, of lifecycle actions", () => {
  describe("a launch", () => {
    const plans = plansIn("i-a running, Pending:Wait");

    plans(`goes on when the address is attached
      eni-1 on i-a
      => CONTINUE launch of i-a, addressAttached`);

    plans(`goes on when one of two addresses is attached
      eni-1 on i-a at 2, attaching    eni-2 on i-a
      => detach eni-1 from i-a, surplus
      => CONTINUE launch of i-a, addressAttached`);

    plans(`goes on by the address that is attached, though another was asked for beside it
      eni-1 on i-a    eni-2 free, given to i-a
      => CONTINUE launch of i-a, addressAttached
      => attaching eni-2 i-a, recheck 2000: 10.0.0.2 is attaching to i-a`);

    plans(`waits while the address is given but not yet attached
      eni-1 free
      => attach eni-1 to i-a at 1, instanceWaits`);

    plans(`waits while the address is attaching
      eni-1 on i-a, attaching
      => attaching eni-1, recheck 2000: 10.0.0.1 is attaching to i-a`);

    plans(`waits while EC2 refuses the instance an address
      eni-1 free    refused for good i-a: limit
      => blocked i-a: i-a has no address: limit`);

    for (const choice of ["wait", "abandon", "continue"]) {
      plans(`is kept alive while a holder leaves, when exhaustion means ${choice}
        exhausted means ${choice}    eni-1 on i-old, detaching    i-old shutting-down
        => heartbeat launch of i-a, holderLeaves
        => returning eni-1: 10.0.0.1 isn't free yet: it is detaching from i-old
        => waiting i-a, recheck 400: i-a has no address: none is free, these are on their way back: 10.0.0.1`);
    }

    const found = "i-a: i-a has no address: all 1 of pool licence in eu-west-1a are taken";
    for (const [choice, answer] of [
      ["wait", ""],
      ["abandon", "=> ABANDON launch of i-a, poolExhausted"],
      ["continue", "=> CONTINUE launch of i-a, poolExhausted"],
    ] as const) {
      plans(`follows the choice ${choice} where it can't have one until somebody changes something
        exhausted means ${choice}    eni-1 free    refused for good i-a: limit
        ${answer}
        => blocked i-a: i-a has no address: limit`);
    }

    for (const choice of ["abandon", "continue"]) {
      plans(`is answered only on a read of instances, too, where exhaustion means ${choice}
        exhausted means ${choice}    eni-1 free    refused for good i-a: limit    interfaces alone are read
        => blocked i-a: i-a has no address: limit
        => waiting i-a, recheck 0`);
    }

    plans(`goes on by its address also on a read of interfaces alone
      eni-1 on i-a    interfaces alone are read
      => CONTINUE launch of i-a, addressAttached`);

    for (const [choice, expected] of [
      ["wait", `=> exhausted ${found}`],
      ["abandon", `=> ABANDON launch of i-a, poolExhausted  => exhausted ${found}`],
      ["continue", `=> CONTINUE launch of i-a, poolExhausted  => spare ${found}`],
    ] as const) {
      plans(`follows the choice ${choice} when no address is free and nobody leaves
        exhausted means ${choice}    eni-1 on i-b    i-b running
        ${expected}`);
    }
  });

  describe("a launch", () => {
    plans(`goes on by the address that is attached, though the instance lists only another yet
      eni-1 on i-a    eni-2 on i-a at 2, attaching    i-a running, Pending:Wait, lists only eni-2 at 2
      => CONTINUE launch of i-a, addressAttached
      => attaching eni-2, recheck 2000: 10.0.0.2 is attaching to i-a`);

    plans(`waits while the instance is pending
      eni-1 free    i-a pending, Pending:Wait
      => pending i-a: i-a has no address: EC2 shows it pending`);

    for (const state of ["stopping", "stopped"]) {
      plans(`waits while its instance is ${state}, which may be a read that lags
        i-a ${state}, Pending:Wait
        => ineligible i-a: i-a has no address: EC2 shows it ${state}`);
    }

    for (const state of ["shutting-down", "terminated"]) {
      plans(`is abandoned when its instance is ${state}
        i-a ${state}, Pending:Wait
        => ABANDON launch of i-a, instanceGone`);
    }

    plans(`waits for an instance that EC2 doesn't show yet
      i-a unseen, Pending:Wait
      => pending i-a, recheck 1000: i-a has no address: EC2 doesn't show it with the tag pool-tag yet`);

    const untagged =
      "=> blocked i-a: i-a has no address: its group workers has the tag pool-tag, the instance hasn't";

    plans(`is reported when the instance hasn't the tag
      i-a running, untagged, Pending:Wait
      ${untagged}`);

    plans(`is reported when the instance holds an address without the tag
      eni-1 on i-a    i-a running, untagged, Pending:Wait
      => foreign eni-1: 10.0.0.1 can't be given out: i-a holds it without the pool's tag
      ${untagged}`);

    plans(`waits while its interface is to be made
      pool second on demand in a    i-a running, tag second, Pending:Wait
      => create for i-a in subnet-a with sg-a of second, instanceHasNone`);
  });

  describe("the replacement of a root volume", () => {
    plans(`goes on at once, and the address stays
      eni-1 on i-a    i-a running, ReplacingRootVolume:Wait
      => CONTINUE terminate of i-a, addressStays`);

    for (const state of [
      "ReplacingRootVolume",
      "ReplacingRootVolume:Proceed",
      "RootVolumeReplaced",
    ]) {
      plans(`asks for nothing at ${state}
        eni-1 on i-a    i-a running, ${state}
        => nothing`);
    }
  });

  describe("a warm pool", () => {
    for (const states of ["stopped, Warmed:Pending:Wait", "stopped, Pending:Wait", "stopped"]) {
      plans(`is entered by the token of the launch's event, whatever a read shows: ${states}
        i-a ${states}    launch of i-a into the warm pool of licence by token-1
        => CONTINUE launch of i-a by token-1, parkedInWarmPool
        => ineligible i-a: i-a has no address: EC2 shows it stopped`);
    }

    plans(`is entered also while EC2 doesn't show the instance yet
      launch of i-a into the warm pool of licence by token-1
      => CONTINUE launch of i-a by token-1, parkedInWarmPool`);

    it("is entered by an answer that needs no words", () => {
      const launch = "i-a pending    launch of i-a into the warm pool of licence by token-1";
      const { world, chosen } = readWorld(launch);
      const hooks = assess(world, chosen).hooks.map(({ state, reason }) => [state, reason]);
      assert.deepEqual(hooks, [["answered", ""]]);
    });

    plans(`is entered by nobody whose group's pools aren't this manager's
      only pools licence    i-a pending    launch of i-a into the warm pool of render by token-1
      => pending i-a: i-a has no address: EC2 shows it pending`);

    plans(`is never entered by the instance's id: the same hook waits as it leaves the pool
      i-a stopping, Warmed:Pending:Wait
      => CONTINUE terminate of i-a, parkedInWarmPool
      => ineligible i-a: i-a has no address: EC2 shows it stopping`);

    plans(`is returned to once the address is off
      eni-1 on i-a    i-a running, Warmed:Pending:Wait
      => detach eni-1 from i-a, holderInWarmPool
      => waiting i-a, recheck 400: i-a stays in Warmed:Pending:Wait until its address is detached`);

    plans(`is returned to when the address is off
      eni-1 free    i-a running, Warmed:Pending:Wait
      => CONTINUE terminate of i-a, parkedInWarmPool
      => ineligible i-a: i-a has no address: it is parked in the warm pool of its group workers (Warmed:Pending:Wait)`);

    plans(`is returned to at once by an instance that stops anyway
      eni-1 on i-a    i-a stopping, Warmed:Pending:Wait
      => detach eni-1 from i-a, holderStopping
      => CONTINUE terminate of i-a, parkedInWarmPool`);

    plans(`lets a parked instance go
      i-a running, Warmed:Terminating:Wait
      => CONTINUE terminate of i-a, addressReleased
      => ineligible i-a: i-a has no address: it is parked in the warm pool of its group workers (Warmed:Terminating:Wait)`);
  });

  describe("a termination", () => {
    const goes =
      "=> waiting i-a, recheck 400: i-a stays in Terminating:Wait until its address is detached";
    const leaves =
      "=> ineligible i-a: i-a has no address: it is leaving its group workers (Terminating:Wait)";

    for (const state of ["running", "pending"]) {
      const pending = "=> pending i-a: i-a has no address: EC2 shows it pending";
      plans(`takes the address off and waits while the instance is ${state}
        eni-1 on i-a    i-a ${state}, Terminating:Wait
        => detach eni-1 from i-a, holderLeavesGroup
        ${state === "pending" ? pending : ""}
        ${goes}`);
    }

    plans(`waits more patiently after 6 s
      eni-1 on i-a, detaching    i-a running, Terminating:Wait, for 6 s
      => returning eni-1: 10.0.0.1 isn't free yet: it is detaching from i-a
      ${goes.replace("400", "1000")}`);

    plans(`waits while the address is detaching
      eni-1 on i-a, detaching    i-a running, Terminating:Wait
      => returning eni-1: 10.0.0.1 isn't free yet: it is detaching from i-a
      ${goes}`);

    plans(`waits for an address that this reconcile attached and EC2 doesn't show yet
      eni-1 free, given to i-a    i-a running, Terminating:Wait
      => attaching eni-1 i-a, recheck 2000: 10.0.0.1 is attaching to i-a
      ${goes}`);

    plans(`doesn't go on with an address that EC2 refused for good to take off
      eni-1 on i-a    i-a running, Terminating:Wait    refused for good detach eni-1: no right
      => blocked eni-1: 10.0.0.1 can't be used for now: no right
      ${goes}`);

    plans(`goes on when the address is off
      eni-1 free    i-a running, Terminating:Wait
      => CONTINUE terminate of i-a, addressReleased
      ${leaves}`);

    plans(`goes on when the instance has stopped already, and takes the address off
      eni-1 on i-a    i-a shutting-down, Terminating:Wait
      => detach eni-1 from i-a, holderShuttingDown
      => CONTINUE terminate of i-a, instanceGone`);

    plans(`goes on when EC2 knows no such instance
      i-a unseen, Terminating:Wait
      => CONTINUE terminate of i-a, instanceGone`);

    for (const [state, because] of [
      ["Terminating:Wait", "addressReleased"],
      ["Warmed:Terminating:Wait", "addressReleased"],
      ["Warmed:Pending:Wait", "parkedInWarmPool"],
    ] as const) {
      plans(`doesn't wait at ${state} for an address that nobody takes off a stranger
        eni-1 on i-a    i-a running, untagged, ${state}
        => CONTINUE terminate of i-a, ${because}
        => foreign eni-1: 10.0.0.1 can't be given out: i-a holds it without the pool's tag`);
    }

    describe("that waits for other hooks of its group", () => {
      const plans = plansIn("pool licence detaches after other hooks    eni-1 on i-a");

      plans(`keeps its address while they hold it, and its own hook is answered at once
        i-a running, Terminating:Wait, for 119.9 s
        => CONTINUE terminate of i-a, addressReleased`);

      plans(`gives it back after 120 s all the same
        i-a running, Terminating:Wait, for 120 s
        => detach eni-1 from i-a, holderLeavesGroup
        ${goes.replace("400", "1000")}`);

      plans(`keeps it where its holder is in no group
        i-a running
        => nothing`);

      plans(`gives it back when they are through
        i-a running, Terminating:Proceed, for 10 s
        => detach eni-1 from i-a, holderLeavesGroup`);
    });

    describe("of an instance with several pools", () => {
      plans(`takes every address off and waits for them
        eni-1 on i-a    eni-2 on i-a at 2, pool render    i-a running, tag licence,render, Terminating:Wait
        => detach eni-1 from i-a, holderLeavesGroup
        => detach eni-2 from i-a of render, holderLeavesGroup
        ${goes}`);

      plans(`waits for the last of them
        eni-1 free    eni-2 on i-a at 2, pool render    i-a running, tag licence,render, Terminating:Wait
        => detach eni-2 from i-a of render, holderLeavesGroup
        ${goes}`);

      plans(`goes on when all are off, under the name of its group's first pool
        eni-1 free    i-a running, tag render, group tag licence,render, Terminating:Wait
        => CONTINUE terminate of i-a, addressReleased
        => ineligible i-a of render: i-a has no address: it is leaving its group workers (Terminating:Wait)`);
    });

    describe("of an instance with what was made on demand", () => {
      const plans = plansIn(
        "pool second on demand in a    i-a running, tag licence,second, Terminating:Wait",
      );
      plans(`doesn't wait for that, which ends with the instance
        eni-1 free    eni-2 on i-a, pool second, made for i-a, ends with it
        => CONTINUE terminate of i-a, addressReleased`);

      plans(`waits for a fixed one beside it
        eni-1 on i-a    eni-2 on i-a at 2, pool second, made for i-a, ends with it
        => detach eni-1 from i-a, holderLeavesGroup
        ${goes}`);

      plans(`doesn't wait for one that is still attaching
        eni-1 on i-a, pool second, made for i-a, attaching
        => CONTINUE terminate of i-a, addressReleased
        => attaching eni-1 of second, recheck 2000: 10.0.0.1 is attaching to i-a`);

      plans(`doesn't wait for one that is coming off
        eni-1 on i-a, pool second, made for i-a, ends with it, detaching
        => CONTINUE terminate of i-a, addressReleased
        => returning eni-1 of second: 10.0.0.1 isn't free yet: it is detaching from i-a`);

      plans(`doesn't wait for one that isn't let end with it yet
        eni-1 on i-a, pool second, made for i-a
        => end eni-1 with i-a of second, madeForIt
        => CONTINUE terminate of i-a, addressReleased`);
    });

    describe("of an instance with what was made on demand for a pool that its tag doesn't name", () => {
      const plans = plansIn("pool second on demand in a    i-a running, Terminating:Wait");

      plans(`doesn't wait for it to come off
        eni-1 on i-a at 2, pool second, made for i-a, ends with it
        => detach eni-1 from i-a of second, holderChangedPool
        => CONTINUE terminate of i-a, addressReleased`);
    });
  });

  plans(`take members in the order of their ids
    i-b unseen, Terminating:Wait    i-c terminated, Pending:Wait    i-a unseen, Terminating:Wait
    => CONTINUE terminate of i-a, instanceGone
    => CONTINUE terminate of i-b, instanceGone
    => ABANDON launch of i-c, instanceGone`);

  plans(`leave the hooks of groups from other pools alone
    only pools render    i-a unseen, Terminating:Wait
    => nothing`);

  for (const state of ["Pending", "Pending:Proceed", "Terminating:Proceed"]) {
    plans(`ask nothing of Auto Scaling for a member that is ${state}
      i-a unseen, ${state}
      => nothing`);
  }
});
