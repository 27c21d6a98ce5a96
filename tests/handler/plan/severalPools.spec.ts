import { plans, plansIn } from "./plans";

describe("the plan, for an instance whose tag names several pools", () => {
  plans(`gives one interface of each, at device indexes in the order of the tag
    eni-1 free                 i-a running 10:00, tag licence,render
    eni-2 free, pool render
    eni-3 free                 i-b running 11:00, tag render,licence
    eni-4 free, pool render
    => attach eni-1 to i-a at 1, instanceWaits
    => attach eni-2 to i-a at 2 of render, instanceWaits
    => attach eni-4 to i-b at 1 of render, instanceWaits
    => attach eni-3 to i-b at 2, instanceWaits`);

  plans(`gives each pool's first address to whom waits longest, instance by instance
    eni-1 free                 i-a running 10:00, tag licence,render
    eni-2 free, pool render    i-b running 09:00, tag render
    eni-3 free                 i-c running 11:00
    eni-4 free, pool render
    => attach eni-2 to i-b at 1 of render, instanceWaits
    => attach eni-1 to i-a at 1, instanceWaits
    => attach eni-4 to i-a at 2 of render, instanceWaits
    => attach eni-3 to i-c at 1, instanceWaits`);

  plans(`takes each pool's interfaces of the instance's zone
    eni-1 free, zone b    eni-2 free, pool render    i-a running, tag licence,render    no interface of licence in a for 30 s
    => attach eni-2 to i-a at 2 of render, instanceWaits
    => exhausted i-a: i-a has no address of pool licence: pool licence has no interface in eu-west-1a`);

  plans(`says of each pool why it has none of it
    i-a pending, tag licence,render
    => pending i-a: i-a has no address: EC2 shows it pending
    => pending i-a of render: i-a has no address: EC2 shows it pending`);

  plans(`says nothing of a pool of which a pending one has an interface
    eni-1 on i-a    i-a pending, tag licence,render
    => pending i-a of render: i-a has no address: EC2 shows it pending`);

  plans(`gives a refused instance none of either
    eni-1 free    eni-2 free, pool render    i-a running, tag licence,render    refused for good i-a: limit
    => blocked i-a: i-a has no address of pool licence: limit
    => blocked i-a of render: i-a has no address of pool render: limit`);

  plans(`has one made of a pool that is filled on demand, and keeps its index for it
    pool second on demand in a    eni-1 free    i-a running, tag second,licence
    => create for i-a in subnet-a with sg-a of second, instanceHasNone
    => attach eni-1 to i-a at 2, instanceWaits`);

  describe("keeps the first one's index", () => {
    const plans = plansIn("eni-2 free, pool render");

    plans(`when its pool is exhausted
      i-a running, tag licence,render    no interface of licence in a for 30 s
      => attach eni-2 to i-a at 2 of render, instanceWaits
      => exhausted i-a: i-a has no address of pool licence: pool licence has no interface in eu-west-1a`);

    plans(`when its address is on its way back
      eni-1 pending    i-a running, tag licence,render
      => attach eni-2 to i-a at 2 of render, instanceWaits
      => returning eni-1: 10.0.0.1 isn't free yet: its status is pending
      => waiting i-a, recheck 400: i-a has no address of pool licence: none is free, these are on their way back: 10.0.0.1`);

    plans(`when it is refused for now, alone
      eni-1 free    i-a running, tag licence,render    refused licence to i-a: busy
      => attach eni-2 to i-a at 2 of render, instanceWaits
      => refused i-a, recheck 300: i-a has no address of pool licence: busy`);

    plans(`while EC2 doesn't show it yet
      eni-1 free, given to i-a    i-a running, tag licence,render
      => attach eni-2 to i-a at 2 of render, instanceWaits
      => attaching eni-1 i-a, recheck 2000: 10.0.0.1 is attaching to i-a`);

    plans(`while the instance doesn't list it yet
      eni-1 on i-a    i-a running, tag licence,render, lists none
      => attach eni-2 to i-a at 2 of render, instanceWaits`);
  });

  describe("when it has one of the two", () => {
    plans(`gives the second the next index
      eni-1 on i-a    eni-2 free, pool render    i-a running, tag licence,render
      => attach eni-2 to i-a at 2 of render, instanceWaits`);

    plans(`keeps no other index for the first while one more of that pool was asked for
      eni-1 free, given to i-a    eni-2 free, pool render    eni-3 on i-a    i-a running, tag licence,render
      => attach eni-2 to i-a at 2 of render, instanceWaits
      => attaching eni-1 i-a, recheck 2000: 10.0.0.1 is attaching to i-a`);

    plans(`gives the first the index that was kept for it
      eni-1 free    eni-2 on i-a at 2, pool render    i-a running, tag licence,render
      => attach eni-1 to i-a at 1, instanceWaits`);

    plans(`moves nothing where the second has the first's index
      eni-1 free    eni-2 on i-a at 1, pool render    i-a running, tag licence,render
      => attach eni-1 to i-a at 2, instanceWaits`);

    plans(`moves nothing when it has both, in whatever order
      eni-1 on i-a at 2    eni-2 on i-a at 1, pool render    i-a running, tag licence,render
      => nothing`);
  });

  describe("where the type takes few interfaces", () => {
    const plans = plansIn("eni-2 free, pool render    i-a running, tag licence,render");
    const full =
      "=> blocked i-a of render: i-a has no address of pool render: m7i.large takes no more interfaces than it has";

    plans(`gives the first and reports the second
      eni-1 free    m7i.large takes 2
      => attach eni-1 to i-a at 1, instanceWaits
      ${full}`);

    plans(`keeps the one place for the first, though its pool is exhausted
      m7i.large takes 2    no interface of licence in a for 30 s
      => exhausted i-a: i-a has no address of pool licence: pool licence has no interface in eu-west-1a
      ${full}`);

    plans(`reports nothing of what it has
      eni-1 on i-a    m7i.large takes 2
      ${full}`);

    plans(`gives the second a place on the next card
      eni-1 free    m7i.large takes 2 2
      => attach eni-1 to i-a at 1, instanceWaits
      => attach eni-2 to i-a at 1/0 of render, instanceWaits`);
  });

  plans(`fills a gap before what it has
    eni-1 free    eni-2 free, pool render    i-a running, tag licence,render, others at 0 2    m7i.large takes 4
    => attach eni-1 to i-a at 1, instanceWaits
    => attach eni-2 to i-a at 3 of render, instanceWaits`);

  describe("takes back", () => {
    const held = "eni-1 on i-a    eni-2 on i-a at 2, pool render";

    plans(`what is of a pool that the tag doesn't name any more, alone
      ${held}    i-a running, tag licence,third    no interface of third in a for 30 s
      => detach eni-2 from i-a of render, holderChangedPool
      => exhausted i-a of third: i-a has no address of pool third: pool third has no interface in eu-west-1a`);

    plans(`all of them, when it stops
      ${held}    i-a stopped, tag licence,render
      => detach eni-1 from i-a, holderStopped
      => detach eni-2 from i-a of render, holderStopped`);

    plans(`one of two of the same pool, and none for the other pool's
      ${held}    eni-3 on i-a at 3    i-a running, tag licence,render
      => detach eni-3 from i-a, surplus`);

    plans(`no index while an interface of another pool comes off
      eni-1 free    eni-2 free, pool render    eni-3 on i-a, detaching, pool third    i-a running, tag licence,render
      => attach eni-1 to i-a at 2, instanceWaits
      => attach eni-2 to i-a at 3 of render, instanceWaits
      => returning eni-3 of third: 10.0.0.3 isn't free yet: it is detaching from i-a`);
  });

  describe("that stands by in one of them", () => {
    const plans = plansIn(
      `pool licence exhausted means continue    i-a running, tag licence,render, InService
      no interface of render in a for 30 s`,
    );
    const noneOfRender =
      "=> exhausted i-a of render: i-a has no address of pool render: pool render has no interface in eu-west-1a";

    plans(`says so of that pool, and reports the other
      eni-1 on i-b    i-b running
      => spare i-a: i-a has no address of pool licence: all 1 of pool licence in eu-west-1a are taken
      ${noneOfRender}`);

    plans(`lets it wait for the address of a holder that fails, without a launch
      eni-1 on i-b    i-b shutting-down
      => detach eni-1 from i-b, holderShuttingDown
      => waiting i-a, recheck 400: i-a has no address of pool licence: none is free, these are on their way back: 10.0.0.1
      ${noneOfRender}`);

    plans(`gives it that address
      eni-1 free    i-b shutting-down
      => attach eni-1 to i-a at 1, instanceWaits
      ${noneOfRender}`);
  });
});

describe("the plan, by the pools and tags that the settings name", () => {
  plans(`gives one of a pool that a tag names twice
    eni-1 free    eni-2 free, pool render    eni-3 free    i-a running, tag licence,render,licence
    => attach eni-1 to i-a at 1, instanceWaits
    => attach eni-2 to i-a at 2 of render, instanceWaits`);

  plans(`gives of the pools that are this manager's, at their indexes alone
    only pools render    eni-1 free    eni-2 free, pool render    i-a running, tag licence,render
    => attach eni-2 to i-a at 1 of render, instanceWaits`);

  plans(`leaves interfaces, instances and members of all other pools alone
    only pools render
    eni-1 free           i-a running, Pending:Wait              i-b pending, reported running
    eni-2 on i-old       i-old running, Terminating             i-new unseen, Pending:Wait
    eni-3 on i-x         i-x running, untagged                  i-c unseen, Terminating:Wait
    => ineligible i-a: i-a has no address: this manager isn't configured for the pool tag "licence"`);

  plans(`takes a holder from a pool that isn't named for a stranger
    only pools render    eni-1 on i-a, pool render    i-a running
    => foreign eni-1 of render: 10.0.0.1 can't be given out: i-a holds it without the pool's tag`);

  plans(`serves the values of the tag that the rights name
    only pools licence data management    only tags licence data,management
    eni-1 free                     i-a running, tag licence
    eni-2 free, pool data          i-b running, tag data,management
    eni-3 free, pool management
    => attach eni-1 to i-a at 1, instanceWaits
    => attach eni-2 to i-b at 1 of data, instanceWaits
    => attach eni-3 to i-b at 2 of management, instanceWaits`);

  const inPart = " (names and their order count)";
  for (const [poolTag, hint] of [
    ["render", ""],
    ["render,third", ""],
    ["data", inPart],
    ["management", inPart],
    ["management,data", inPart],
    ["data,management,licence", inPart],
    ["licence,", inPart],
    [",", ""],
  ] as const) {
    plans(`gives none to the tag ${poolTag}, which the rights don't name
      only pools licence data management    only tags licence data,management
      eni-1 free    eni-2 free, pool data    eni-3 free, pool management    i-a running, tag ${poolTag}
      => ineligible i-a of ${poolTag}: i-a has no address: this manager isn't configured for the pool tag "${poolTag}"${hint}`);
  }

  plans(`takes every pool of every value where none is named
    eni-1 free, pool data    i-a running, tag data,    i-b running, tag ,
    => attach eni-1 to i-a at 1 of data, instanceWaits
    => ineligible i-b of ,: i-b has no address: this manager isn't configured for the pool tag ","`);
});
