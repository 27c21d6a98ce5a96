import { plans, plansIn } from "./plans";

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
      => returning eni-1, recheck 300: 10.0.0.1 isn't free yet: busy`);

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
      ...["running, Warmed:Pending:Retained", "running, Warmed:Terminating:Retained"],
      ...["running, Quarantined", "running, RootVolumeReplaced"],
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

    plans(`reports what another account's instance holds, whatever it seems to be
      eni-1 on i-a, another account's    i-a missing for 600 s    eni-2 on i-b, another account's, detaching, seen detaching for 600 s
      => foreign eni-1: 10.0.0.1 can't be given out: an instance of account 222222222222 holds it
      => foreign eni-2: 10.0.0.2 can't be given out: an instance of account 222222222222 holds it`);

    plans(`gives out nothing that AWS manages
      eni-1 free, managed by AWS    i-a running
      => foreign eni-1: 10.0.0.1 can't be given out: a service of AWS manages it
      => exhausted i-a: i-a has no address: all 1 of pool licence in eu-west-1a are taken`);

    plans(`reports what a service of AWS holds
      eni-1 on a service
      => foreign eni-1: 10.0.0.1 can't be given out: a service of AWS holds it`);
  });

  describe("from a holder that EC2 doesn't know", () => {
    plans(`leaves it there when its absence is new
      eni-1 on i-gone    i-other terminated
      => returning eni-1: 10.0.0.1 isn't free yet: EC2 doesn't know its holder i-gone`);

    plans(`detaches after 40 s, and no sooner
      eni-1 on i-gone    i-gone missing for 39.9 s    eni-2 on i-lost    i-lost missing for 40 s    i-other terminated
      => detach eni-2 from i-lost, holderGone
      => returning eni-1: 10.0.0.1 isn't free yet: EC2 doesn't know its holder i-gone`);

    plans(`doubts an answer without any instance for 300 s, however few it lacks
      eni-1 on i-gone    i-gone missing for 299.9 s    eni-2 on i-lost    i-lost missing for 300 s
      => detach eni-2 from i-lost, holderGone
      => doubted eni-1: 10.0.0.1 isn't free yet: EC2 doesn't know its holder i-gone, nor any instance, which is doubted`);
  });

  describe("from many holders at once that EC2 doesn't know", () => {
    const many = plansIn(`eni-1 on i-a    eni-2 on i-b    eni-3 on i-c    i-new running`);
    const doubted = (number: number, id: string) =>
      `=> doubted eni-${number}: 10.0.0.${number} isn't free yet: EC2 doesn't know its holder ${id}, nor others: so many at once are doubted`;

    many(`takes nothing for 300 s, and lets those wait who need it
      i-a missing for 299.9 s    i-b missing for 299.9 s    i-c missing for 299.9 s
      ${doubted(1, "i-a")}
      ${doubted(2, "i-b")}
      ${doubted(3, "i-c")}
      => waiting i-new, recheck 400: i-new has no address: none is free, these are on their way back: 10.0.0.1, 10.0.0.2, 10.0.0.3`);

    many(`takes from two after 300 s
      i-a missing for 300 s    i-b missing for 300 s    i-c missing for 300 s
      => detach eni-1 from i-a, holderGone
      => detach eni-2 from i-b, holderGone
      ${doubted(3, "i-c")}
      => waiting i-new, recheck 400: i-new has no address: none is free, these are on their way back: 10.0.0.1, 10.0.0.2, 10.0.0.3`);

    plans(`takes from the same two in whatever order they are read
      eni-3 on i-c    eni-2 on i-b    eni-1 on i-a    i-c missing for 300 s    i-b missing for 300 s    i-a missing for 300 s
      i-other terminated
      => detach eni-1 from i-a, holderGone
      => detach eni-2 from i-b, holderGone
      ${doubted(3, "i-c")}`);
  });

  describe("from a holder that doesn't get it", () => {
    plans(`watches an attachment for a minute, ever more rarely, and leaves it to the schedule short of 240 s
      eni-1 on i-a, attaching, seen attaching for 0.5 s    eni-2 on i-b, attaching, seen attaching for 2 s
      eni-3 on i-c, attaching, seen attaching for 8 s      eni-4 on i-d, attaching, seen attaching for 59.9 s
      eni-5 on i-e, attaching, seen attaching for 60 s     eni-6 on i-f, attaching, seen attaching for 239.9 s
      i-a running    i-b running    i-c running    i-d running    i-e running    i-f running
      => attaching eni-1, recheck 1500: 10.0.0.1 is attaching to i-a
      => attaching eni-2, recheck 1500: 10.0.0.2 is attaching to i-b
      => attaching eni-3, recheck 2000: 10.0.0.3 is attaching to i-c
      => attaching eni-4, recheck 3000: 10.0.0.4 is attaching to i-d
      => attaching eni-5: 10.0.0.5 is attaching to i-e
      => attaching eni-6: 10.0.0.6 is attaching to i-f`);

    plans(`gives it up after 240 s, and gives another at once
      eni-1 on i-a, attaching, seen attaching for 240 s    eni-2 free    i-a running, Pending:Wait
      => detach eni-1 from i-a, attachStuck
      => attach eni-2 to i-a at 2, instanceWaits`);

    plans(`forces it off where EC2 refuses to detach it otherwise
      eni-1 on i-a, attaching, seen attaching for 240 s    eni-2 on i-b, attaching, seen attaching for 240 s
      i-a running    refused for good detach eni-1: no    i-b running    refused detach eni-2: busy
      => force eni-1 from i-a, attachStuck
      => force eni-2 from i-b, attachStuck
      => waiting i-a, recheck 400: i-a has no address: none is free, these are on their way back: 10.0.0.1, 10.0.0.2
      => waiting i-b, recheck 400: i-b has no address: none is free, these are on their way back: 10.0.0.1, 10.0.0.2`);

    plans(`takes it for lost when that is refused for good, too
      eni-1 on i-a, attaching, seen attaching for 240 s    eni-2 on i-b, attaching, seen attaching for 240 s
      i-a running    refused for good detach eni-1: no    refused force eni-1: busy
      i-b running    refused for good detach eni-2: no    refused for good force eni-2: never
      => returning eni-1, recheck 300: 10.0.0.1 isn't free yet: busy
      => blocked eni-2: 10.0.0.2 can't be used for now: never
      => waiting i-a, recheck 400: i-a has no address: none is free, these are on their way back: 10.0.0.1
      => waiting i-b, recheck 400: i-b has no address: none is free, these are on their way back: 10.0.0.1`);

    plans(`forces none that got on in the end
      eni-1 on i-a, seen attaching for 240 s    i-a stopped    refused for good detach eni-1: no
      => blocked eni-1: 10.0.0.1 can't be used for now: no`);

    plans(`keeps the launch alive where there is no other
      exhausted means abandon    eni-1 on i-a, attaching, seen attaching for 240 s    i-a running, Pending:Wait
      => detach eni-1 from i-a, attachStuck
      => heartbeat launch of i-a, holderLeaves
      => waiting i-a, recheck 400: i-a has no address: none is free, these are on their way back: 10.0.0.1`);
  });

  describe("from an instance whose type takes no more", () => {
    plans(`lets its launch wait for the slot of what didn't get on
      exhausted means abandon    eni-1 on i-a, attaching, seen attaching for 240 s    eni-2 free
      i-a running, Pending:Wait    m7i.large takes 2
      => detach eni-1 from i-a, attachStuck
      => heartbeat launch of i-a, holderLeaves
      => waiting i-a, recheck 400: i-a has no address: m7i.large takes no more interfaces until these are off: 10.0.0.1`);

    plans(`gives it the interface of its new pool when that of its old one is off
      eni-1 on i-a, detaching, seen returning for 7 s    eni-2 free, pool render    i-a running, tag render    m7i.large takes 2
      => returning eni-1: 10.0.0.1 isn't free yet: it is detaching from i-a
      => waiting i-a of render, recheck 1000: i-a has no address: m7i.large takes no more interfaces until these are off: 10.0.0.1`);
  });

  describe("that are on no instance and not available", () => {
    for (const status of ["pending", "attaching", "detaching", "in-use"]) {
      plans(`waits for one that is ${status}, and shows no attachment
        eni-1 ${status}    i-a running
        => returning eni-1: 10.0.0.1 isn't free yet: its status is ${status}
        => waiting i-a, recheck 400: i-a has no address: none is free, these are on their way back: 10.0.0.1`);
    }

    plans(`gives to others at once what was given to an instance that ends
      eni-1 free, given to i-a    eni-2 free, given to i-b    i-a terminated    i-b running    i-c running
      => attach eni-1 to i-c at 1, instanceWaits
      => attaching eni-2 i-b, recheck 2000: 10.0.0.2 is attaching to i-b`);

    plans(`takes for attaching what its holder lists on a card of its own, at index 0
      eni-1 free    i-a running, also lists eni-1 at 1/0
      => attaching eni-1 i-a, recheck 2000: 10.0.0.1 is attaching to i-a`);

    plans(`waits for none that is associated, which no detachment ends
      exhausted means abandon    eni-1 associated    i-a running, Pending:Wait
      => ABANDON launch of i-a, poolExhausted
      => blocked eni-1: 10.0.0.1 can't be used for now: its status is associated
      => exhausted i-a: i-a has no address: all 1 of pool licence in eu-west-1a are taken`);

    plans(`waits 600 s for one between two states, more and more rarely
      eni-1 in-use, seen returning for 600 s    eni-2 pending, seen returning for 599.9 s    i-a running
      => blocked eni-1: 10.0.0.1 can't be used for now: its status is in-use
      => returning eni-2: 10.0.0.2 isn't free yet: its status is pending
      => waiting i-a, recheck 1000: i-a has no address: none is free, these are on their way back: 10.0.0.2`);
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

    const forced = "eni-1 on i-a, detaching, seen detaching for 600 s, forced off for";
    for (const state of ["shutting-down", "running"]) {
      const waits = state === "running" ? "i-a" : "i-b";
      const why = `${waits} has no address:`;
      plans(`forces it only once, and counts on it for 300 s more, while its holder is ${state}
        ${forced} 299.9 s    i-a ${state}    ${state === "running" ? "" : "i-b running"}
        => returning eni-1: 10.0.0.1 isn't free yet: it is detaching from i-a, by force
        => waiting ${waits}, recheck 400: ${why} none is free, these are on their way back: 10.0.0.1`);

      plans(`leaves it to a person 300 s after it was forced, while its holder is ${state}
        ${forced} 300 s    i-a ${state}    ${state === "running" ? "" : "i-b running"}
        => blocked eni-1: 10.0.0.1 can't be used for now: it was detached by force and is still on i-a
        => exhausted ${waits}: ${why} all 1 of pool licence in eu-west-1a are taken`);
    }

    plans(`forces nothing while a detachment of this reconcile is awaited
      eni-1 on i-a, detaching, seen detaching for 120 s    i-a stopped    refused detach eni-1: busy
      => returning eni-1, recheck 300: 10.0.0.1 isn't free yet: it is detaching from i-a`);

    plans(`forces nothing where EC2 refused for good to force it off, and no longer counts on it
      eni-1 on i-a, detaching, seen detaching for 600 s    refused for good force eni-1: no    i-a stopped    i-b running
      => blocked eni-1: 10.0.0.1 can't be used for now: no
      => exhausted i-b: i-b has no address: all 1 of pool licence in eu-west-1a are taken`);

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

    plans(`takes nothing while the instance lists neither, but others
      eni-1 on i-a    eni-2 on i-a at 2    i-a running, lists only eni-9 at 3
      => nothing`);

    for (const listed of ["eni-1 at 1", "eni-2 at 2"]) {
      // The history of seed 155 lost an address so.
      plans(`takes nothing while the instance lists only ${listed} itself
        eni-1 on i-a    eni-2 on i-a at 2    i-a running, lists only ${listed}
        => nothing`);
    }

    plans(`asks for it only once while the detachment is awaited
      eni-1 on i-a    eni-2 on i-a at 2    i-a running    refused detach eni-2: busy
      => returning eni-2, recheck 300: 10.0.0.2 isn't free yet: busy`);

    plans(`takes nothing that EC2 doesn't show on the instance yet
      eni-1 on i-a    eni-2 free, given to i-a    i-a running
      => attaching eni-2 i-a, recheck 2000: 10.0.0.2 is attaching to i-a`);

    plans(`lets the next one wait for the address that comes free
      eni-1 on i-a    eni-2 on i-a at 2    i-a running    i-b running
      => detach eni-2 from i-a, surplus
      => waiting i-b, recheck 400: i-b has no address: none is free, these are on their way back: 10.0.0.2`);
  });
});
