import { plans } from "./plans";

describe("the plan, taking addresses back", () => {
  describe("from a holder that gives its address back", () => {
    for (const [state, because] of [
      ["stopping", "holderStopping"],
      ["stopped", "holderStopped"],
      ["shutting-down", "holderShuttingDown"],
      ["terminated", "holderTerminated"],
      ["terminated, untagged", "holderTerminated"],
      ["running, Terminating", "holderLeavesGroup"],
      ["running, Terminating:Proceed", "holderLeavesGroup"],
      ["running, Terminated", "holderLeavesGroup"],
      ["running, Warmed:Pending", "holderInWarmPool"],
      ["running, Warmed:Running", "holderInWarmPool"],
      ["running, Warmed:Hibernated", "holderInWarmPool"],
    ] as const) {
      plans(`detaches from one that is ${state}
        eni-1 on i-a    i-a ${state}
        => detach eni-1 from i-a, ${because}`);
    }

    plans(`keeps one that an event calls running while a read still shows its stop
      eni-1 on i-a    i-a stopped, reported running     eni-2 on i-b    i-b stopping, reported running
      => nothing`);

    plans(`detaches from one whose tag names another pool now
      eni-1 on i-a    eni-2 free, pool render    i-a running, tag render
      => detach eni-1 from i-a, holderChangedPool
      => attach eni-2 to i-a at 2 of render, instanceWaits`);

    plans(`detaches what is still attaching
      eni-1 on i-a, attaching    i-a shutting-down
      => detach eni-1 from i-a, holderShuttingDown`);

    plans(`takes index 0 of another card for what it is: none that is primary
      eni-1 on i-a at 1/0    i-a stopped
      => detach eni-1 from i-a, holderStopped`);

    plans(`lets nobody wait for what EC2 refused for good to take off
      eni-1 on i-a    i-a stopped    i-b running    refused for good detach eni-1: no right
      => blocked eni-1: 10.0.0.1 can't be used for now: no right
      => exhausted i-b: i-b has no address: all 1 of pool licence in eu-west-1a are taken`);

    plans(`waits instead of detaching again while EC2 works on it
      eni-1 on i-a    i-a stopped    refused detach eni-1: busy
      => returning eni-1: 10.0.0.1 isn't free yet: busy`);

    for (const state of ["shutting-down", "terminated"]) {
      plans(`waits for what can't be asked back while its holder is ${state}
        eni-1 on i-a    i-a ${state}    refused for good detach eni-1: no right
        => returning eni-1: 10.0.0.1 isn't free yet: no right`);
    }
  });

  describe("and not from a holder that keeps its address", () => {
    for (const state of [
      ...["running", "pending", "running, InService", "running, Pending", "running, Standby"],
      ...["running, EnteringStandby", "running, Detaching", "running, Terminating:Retained"],
    ]) {
      plans(`leaves it with one that is ${state}
        eni-1 on i-a    i-a ${state}
        => nothing`);
    }

    plans(`watches what is attaching
      eni-1 on i-a, attaching    i-a running
      => attaching eni-1, recheck 2000: 10.0.0.1 is attaching to i-a`);

    plans(`leaves what is attaching to a Pending member to the launch hook's event
      eni-1 on i-a, attaching    i-a running, Pending
      => attaching eni-1: 10.0.0.1 is attaching to i-a`);

    plans(`leaves it what it has, though EC2 refused for good to take that while it was leaving
      eni-1 on i-a    eni-2 free    i-a running    refused for good detach eni-1: no
      => nothing`);
  });

  describe("and never from a holder that was never ours", () => {
    for (const state of ["running", "pending", "stopping", "stopped", "shutting-down"]) {
      plans(`reports it while the holder is ${state}
        eni-1 on i-a    i-a ${state}, untagged
        => foreign eni-1: 10.0.0.1 can't be given out: i-a holds it without the pool's tag`);
    }

    plans(`forces nothing off it
      eni-1 on i-a, detaching, seen detaching for 600 s    i-a running, untagged
      => foreign eni-1: 10.0.0.1 can't be given out: i-a holds it without the pool's tag`);

    plans(`reports what a service of AWS holds
      eni-1 on a service
      => foreign eni-1: 10.0.0.1 can't be given out: a service of AWS holds it`);
  });

  describe("from a holder that EC2 doesn't know", () => {
    plans(`leaves it there when its absence is new
      eni-1 on i-gone
      => returning eni-1: 10.0.0.1 isn't free yet: EC2 doesn't know its holder i-gone`);

    plans(`detaches after 40 s, and no sooner
      eni-1 on i-gone    i-gone missing for 39.9 s    eni-2 on i-lost    i-lost missing for 40 s
      => detach eni-2 from i-lost, holderGone
      => returning eni-1: 10.0.0.1 isn't free yet: EC2 doesn't know its holder i-gone`);
  });

  describe("that are detaching", () => {
    plans(`waits for it, even when its holder is healthy
      eni-1 on i-a, detaching    eni-2 on i-a    i-a running
      => returning eni-1: 10.0.0.1 isn't free yet: it is detaching from i-a`);

    plans(`waits for it short of 120 s
      eni-1 on i-a, detaching, seen detaching for 119.9 s    i-a stopped
      => returning eni-1: 10.0.0.1 isn't free yet: it is detaching from i-a`);

    plans(`forces it off after 120 s, also off a holder that is gone
      eni-1 on i-a, detaching, seen detaching for 120 s         i-a stopped
      eni-2 on i-gone, detaching, seen detaching for 120 s      i-gone missing for 120 s
      => force eni-1 from i-a, detachStuck
      => force eni-2 from i-gone, detachStuck`);

    const forced = `
      eni-1 on i-a, detaching, seen detaching for 600 s    refused for good detach eni-1: it was forced off`;
    for (const state of ["stopped", "shutting-down"]) {
      plans(`forces it only once while its holder is ${state}
      ${forced}    i-a ${state}
        => blocked eni-1: 10.0.0.1 can't be used for now: it was forced off`);
    }

    plans(`forces it only once, and no longer counts on it, while its holder runs
      ${forced}    i-a running
      => blocked eni-1: 10.0.0.1 can't be used for now: it was forced off
      => exhausted i-a: i-a has no address: all 1 of pool licence in eu-west-1a are taken`);

    plans(`forces nothing while a detachment of this reconcile is awaited
      eni-1 on i-a, detaching, seen detaching for 120 s    i-a stopped    refused detach eni-1: busy
      => returning eni-1: 10.0.0.1 isn't free yet: it is detaching from i-a`);

    plans(`forces nothing that only looks stuck: an attachment that is attached
      eni-1 on i-a, seen detaching for 600 s    i-a running
      => nothing`);
  });

  describe("of which a holder has two", () => {
    plans(`takes the one at the higher device index
      eni-1 on i-a at 3    eni-2 on i-a at 2    i-a running
      => detach eni-1 from i-a, surplus`);

    plans(`takes the one on the higher card before the one at the higher index
      eni-1 on i-a at 1/0    eni-2 on i-a at 5    i-a running
      => detach eni-1 from i-a, surplus`);

    plans(`takes all but one
      eni-1 on i-a at 1    eni-2 on i-a at 2    eni-3 on i-a at 3    i-a running
      => detach eni-2 from i-a, surplus
      => detach eni-3 from i-a, surplus`);

    plans(`lets no launch go on by the one that is given back
      eni-1 on i-a, attaching    eni-2 on i-a at 2    i-a running, Pending:Wait
      => detach eni-2 from i-a, surplus
      => attaching eni-1, recheck 2000: 10.0.0.1 is attaching to i-a`);

    for (const listed of ["eni-1 at 1", "eni-2 at 2"]) {
      // The history of seed 155 lost an address so.
      plans(`takes nothing while the instance lists only ${listed} itself
        eni-1 on i-a    eni-2 on i-a at 2    i-a running, lists only ${listed}
        => nothing`);
    }

    plans(`asks for it only once while the detachment is awaited
      eni-1 on i-a    eni-2 on i-a at 2    i-a running    refused detach eni-2: busy
      => returning eni-2: 10.0.0.2 isn't free yet: busy`);

    plans(`takes nothing that EC2 doesn't show on the instance yet
      eni-1 on i-a    eni-2 free, given to i-a    i-a running
      => attaching eni-2 i-a, recheck 2000: 10.0.0.2 is attaching to i-a`);

    plans(`lets the next one wait for the address that comes free
      eni-1 on i-a    eni-2 on i-a at 2    i-a running    i-b running
      => detach eni-2 from i-a, surplus
      => waiting i-b, recheck 400: i-b has no address: none is free, these are on their way back: 10.0.0.2`);
  });
});
