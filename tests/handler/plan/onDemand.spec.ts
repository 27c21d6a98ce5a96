import { plans, plansIn } from "./plans";

describe("the plan, of a pool whose interfaces are made on demand", () => {
  const plans = plansIn("pool second on demand in a");

  describe("for an instance that waits", () => {
    plans(`has one made in the subnet of its zone, the longest waiting first
      pool second on demand in a b    i-a running 11:00, tag second    i-b running 10:00, tag second, zone b
      => create for i-b in subnet-b with sg-a of second, instanceHasNone
      => create for i-a in subnet-a with sg-a of second, instanceHasNone`);

    for (const [zone, name] of [
      ["b", "eu-west-1b"],
      ["constructor", "constructor"],
    ]) {
      plans(`reports one in ${name}, where the pool has no subnet
        i-a running, tag second, zone ${zone}, Pending:Wait
        => blocked i-a of second: i-a has no address: pool second has no subnet in ${name}`);
    }

    plans(`takes the next token when some are spent, each claim its own
      i-a running, tag second    2 made of second for i-a
      i-b running, tag second    1 made of third for i-b
      => create for i-a in subnet-a with sg-a by i-a/of/second/2 of second, instanceHasNone
      => create for i-b in subnet-a with sg-a of second, instanceHasNone`);

    plans(`attaches what was made, at the lowest free index
      eni-1 free, pool second, made for i-a    i-a running, tag second, others at 0 1    m7i.large takes 3
      => attach eni-1 to i-a at 2 of second, instanceWaits`);

    plans(`leaves the rest to the launch hook's event where that is still to come
      eni-1 free, pool second, made for i-a    i-a running, tag second, Pending
      => attach eni-1 to i-a at 1 unwatched of second, instanceWaits`);

    plans(`has none made while one is attaching
      eni-1 on i-a, pool second, made for i-a, attaching    i-a running, tag second
      => attaching eni-1 of second, recheck 2000: 10.0.0.1 is attaching to i-a`);

    plans(`has none made where the type takes no more
      i-a running, tag second    m7i.large takes 1
      => blocked i-a of second: i-a has no address: m7i.large takes no more interfaces than it has`);

    for (const [state, why] of [
      ["stopping", "EC2 shows it stopping"],
      ["stopped", "EC2 shows it stopped"],
      ["running, Terminating", "it is leaving its group workers (Terminating)"],
      [
        "running, Warmed:Running",
        "it is parked in the warm pool of its group workers (Warmed:Running)",
      ],
    ] as const) {
      plans(`has none made for one that is ${state}
        i-a ${state}, tag second
        => ineligible i-a of second: i-a has no address: ${why}`);
    }

    plans(`has none made for one that is pending or ends
      i-a pending, tag second    i-b shutting-down, tag second    i-c terminated, tag second
      => pending i-a of second: i-a has no address: EC2 shows it pending`);

    for (const [manner, state] of [
      ["refused for good", "blocked i-a of second"],
      ["refused", "refused i-a of second, recheck 300"],
    ] as const) {
      for (const subject of ["second to i-a", "i-a"]) {
        plans(`waits where it is ${manner} one: ${subject}
          i-a running, tag second    ${manner} ${subject}: busy
          => ${state}: i-a has no address: busy`);
      }
      for (const subject of ["eni-1 to i-a", "eni-1"]) {
        plans(`waits where what was made is ${manner}: ${subject}
          eni-1 free, pool second, made for i-a    i-a running, tag second    ${manner} ${subject}: busy
          => ${state}: i-a has no address: 10.0.0.1 was made for it: busy`);
      }
    }

    plans(`waits for what was made and isn't available yet, and has no other one made
      eni-1 pending, pool second, made for i-a    i-a running, tag second
      => refused i-a of second, recheck 300: i-a has no address: 10.0.0.1 was made for it: its status is pending`);
  });

  describe("on its holder", () => {
    for (const state of [
      ...["running", "pending", "stopping", "stopped"],
      ...[
        "running, InService",
        "running, Standby",
        "running, Terminating",
        "running, Terminating:Proceed",
      ],
      ...["running, Terminating:Retained", "running, Detaching", "running, Detached"],
      ...["running, Warmed:Pending", "running, Warmed:Stopped", "running, Warmed:Running"],
    ]) {
      plans(`leaves it while that is ${state}
        eni-1 on i-a, pool second, made for i-a, ends with it    i-a ${state}, tag second
        => nothing`);
    }

    for (const state of [
      "shutting-down, tag second",
      "terminated, tag second",
      "terminated, untagged",
    ]) {
      plans(`lets it end with it while that is ${state}
        eni-1 on i-a, pool second, made for i-a, ends with it    i-a ${state}
        => returning eni-1 of second: 10.0.0.1 isn't free yet: it ends with its holder i-a`);
    }

    for (const [state, because] of [
      ["shutting-down", "holderShuttingDown"],
      ["terminated", "holderTerminated"],
    ] as const) {
      plans(`takes it off one that is ${state} and leaves it behind
        eni-1 on i-a, pool second, made for i-a    i-a ${state}, tag second
        => detach eni-1 from i-a of second, ${because}`);
    }

    plans(`takes it off one whose tag names other pools now, once that runs
      eni-1 on i-a, pool second, made for i-a, ends with it    i-a stopped, tag render,third
      eni-2 on i-b, pool second, made for i-b, ends with it    i-b running, tag render    no interface of render in a for 30 s
      => detach eni-2 from i-b of second, holderChangedPool
      => exhausted i-b of render: i-b has no address: pool render has no interface in eu-west-1a`);

    plans(`takes it for a stranger's where that has no tag
      eni-1 on i-a, pool second, made for i-a, ends with it    i-a running, untagged
      => foreign eni-1 of second: 10.0.0.1 can't be given out: i-a holds it without the pool's tag`);

    plans(`takes it off one that EC2 hasn't known for 40 s, and no sooner
      eni-1 on i-a, pool second, made for i-a, ends with it    i-a missing for 39.9 s
      eni-2 on i-b, pool second, made for i-b, ends with it    i-b missing for 40 s    i-other terminated
      => detach eni-2 from i-b of second, holderGone
      => returning eni-1 of second: 10.0.0.1 isn't free yet: EC2 doesn't know its holder i-a`);

    plans(`forces it off a stopped one when its detachment is stuck
      eni-1 on i-a, pool second, made for i-a, ends with it, detaching, seen detaching for 120 s
      i-a stopped, tag second
      => force eni-1 from i-a of second, detachStuck`);
  });

  describe("lets an interface end with its instance", () => {
    plans(`once it is attached, while the launch goes on
      eni-1 on i-a, pool second, made for i-a    i-a running, tag second, Pending:Wait
      => end eni-1 with i-a of second, madeForIt
      => CONTINUE launch of i-a of second, addressAttached`);

    plans(`also when that has stopped, when another was meant, or nothing says for whom it was made
      eni-1 on i-a, pool second, made for i-a    i-a stopped, tag second
      eni-2 on i-b, pool second, made for i-a    i-b running, tag second
      eni-3 on i-c, pool second                  i-c running, tag second
      => end eni-1 with i-a of second, madeForIt
      => end eni-2 with i-b of second, madeForIt
      => end eni-3 with i-c of second, madeForIt`);

    plans(`and no fixed one
      eni-1 on i-a    i-a running
      => nothing`);

    plans(`of two only the one that stays
      eni-1 on i-a, pool second, made for i-a                         i-a running, tag second
      eni-2 on i-a at 2, pool second, made for i-a, ends with it
      => detach eni-2 from i-a of second, surplus
      => end eni-1 with i-a of second, madeForIt`);
  });

  describe("on no instance", () => {
    plans(`keeps it for its own and for no other, whoever waits longer
      eni-1 free, pool second, made for i-b    i-a running, tag second    i-b running, tag second
      => create for i-a in subnet-a with sg-a of second, instanceHasNone
      => attach eni-1 to i-b at 1 of second, instanceWaits`);

    plans(`keeps it while its own is pending, however long
      eni-1 free, pool second, made for i-a, seen unused for 600 s    i-a pending, tag second
      => pending i-a of second: i-a has no address: EC2 shows it pending`);

    for (const [state, why] of [
      ["stopping", "EC2 shows it stopping"],
      ["stopped", "EC2 shows it stopped"],
      ["running, Terminated", "it is leaving its group workers (Terminated)"],
      [
        "running, Warmed:Running",
        "it is parked in the warm pool of its group workers (Warmed:Running)",
      ],
    ] as const) {
      plans(`keeps it while its own is ${state}, however long
        eni-1 free, pool second, made for i-a, seen unused for 600 s    i-a ${state}, tag second
        => ineligible i-a of second: i-a has no address: ${why}`);
    }

    plans(`keeps it for one whose tag names the pool, but not so that the rights reach it
      only pools second    only tags second
      eni-1 free, pool second, made for i-a, seen unused for 600 s    i-a running, tag second,x
      => ineligible i-a of second,x: i-a has no address: this manager isn't configured for the pool tag "second,x" (names and their order count)`);

    for (const [what, line] of [
      ["i-x running, untagged", ""],
      ["i-a shutting-down, tag second", ""],
      ["i-a terminated, tag second", ""],
      ["i-a running, untagged", ""],
      [
        "i-a stopped, tag render",
        "=> ineligible i-a of render: i-a has no address: EC2 shows it stopped",
      ],
    ] as const) {
      plans(`takes it for unused where there is ${what}
        eni-1 free, pool second, made for i-a    ${what}
        => orphaned eni-1 of second: 10.0.0.1 was made for an instance that doesn't use it
        ${line}`);
    }

    plans(`neither gives nor deletes it when nothing says for whom it was made
      eni-1 free, pool second, seen unused for 600 s    i-a running, tag second
      => create for i-a in subnet-a with sg-a of second, instanceHasNone
      => foreign eni-1 of second: 10.0.0.1 can't be given out: nobody knows for whom it was made`);

    for (const [what, ofInterface, ofInstance] of [
      ["where this reconcile attached it", ", given to i-a", ""],
      [
        "where its own lists it, however long the read of it lags behind",
        "",
        ", also lists eni-1 at 1",
      ],
    ]) {
      plans(`is attaching ${what}
        eni-1 free, pool second, made for i-a, seen unused for 600 s${ofInterface}    i-a running, tag second${ofInstance}
        => attaching eni-1 of second, recheck 2000: 10.0.0.1 is attaching to i-a`);
    }

    plans(`deletes it when it has been seen unused for 60 s, and not before, whatever its status
      eni-1 pending, pool second, made for i-gone, seen unused for 60 s
      eni-2 free, pool second, made for i-gone, seen unused for 59.9 s
      eni-3 free, made for i-gone, seen unused for 60 s         i-other terminated
      => delete eni-1 of second, unused
      => orphaned eni-2 of second: 10.0.0.2 was made for an instance that doesn't use it`);

    plans(`doubts an answer without any instance for 300 s
      eni-1 free, pool second, made for i-gone, seen unused for 300 s
      eni-2 free, pool second, made for i-gone, seen unused for 299.9 s
      => delete eni-1 of second, unused
      => orphaned eni-2 of second: 10.0.0.2 was made for an instance that doesn't use it`);
  });

  describe("made twice for one instance", () => {
    plans(`attaches the first and keeps the other while that is news
      eni-2 free, pool second, made for i-a    eni-1 free, pool second, made for i-a    i-a running, tag second
      => attach eni-1 to i-a at 1 of second, instanceWaits
      => orphaned eni-2 of second: 10.0.0.2 was made for an instance that doesn't use it`);

    const plans2 = plansIn(`pool second on demand in a
      eni-2 free, pool second, made for i-a, seen unused for 60 s
      eni-1 free, pool second, made for i-a, seen unused for 60 s`);

    plans2(`attaches the first, and keeps the other until that is done, however long it was unused
      i-a running, tag second
      => attach eni-1 to i-a at 1 of second, instanceWaits
      => orphaned eni-2 of second: 10.0.0.2 was made for an instance that doesn't use it`);

    plans2(`deletes all others when one is on its instance
      eni-3 on i-a, pool second, made for i-a, ends with it    i-a running, tag second
      => delete eni-1 of second, unused
      => delete eni-2 of second, unused`);

    plans2(`deletes all others when one is about to be on its instance
      eni-3 free, pool second, made for i-a, seen unused for 60 s, given to i-a    i-a running, tag second
      => delete eni-1 of second, unused
      => delete eni-2 of second, unused
      => attaching eni-3 of second, recheck 2000: 10.0.0.3 is attaching to i-a`);

    plans2(`keeps them all while none is attached, since any may be the one that can be
      i-a running, tag second    m7i.large takes 1
      => orphaned eni-2 of second: 10.0.0.2 was made for an instance that doesn't use it
      => blocked i-a of second: i-a has no address: m7i.large takes no more interfaces than it has`);

    plans2(`keeps one for an instance that isn't running now
      i-a stopped, tag second
      => delete eni-2 of second, unused
      => ineligible i-a of second: i-a has no address: EC2 shows it stopped`);

    plans(`keeps one of each of its pools
      pool third on demand in a    i-a stopped, tag second,third
      eni-1 free, pool second, made for i-a, seen unused for 60 s
      eni-2 free, pool third, made for i-a, seen unused for 60 s
      => ineligible i-a of second,third: i-a has no address: EC2 shows it stopped`);
  });
});

describe("the plan, of what was made on demand for a pool that isn't filled so any more", () => {
  plans(`takes it for an interface like any other
    eni-1 free, made for i-a    eni-2 on i-a, made for i-a, ends with it    i-a stopped    i-b running
    => detach eni-2 from i-a, holderStopped
    => attach eni-1 to i-b at 1, instanceWaits`);
});
