import { plans, plansIn } from "./plans";

/** All device indexes up to this one, as worlds tell them. */
function indexesTo(last: number): string {
  return Array.from({ length: last + 1 }, (_, index) => index).join(" ");
}

describe("the plan, giving addresses to those who wait", () => {
  plans(`does nothing when every instance has an address and the rest are free
    eni-1 on i-a    eni-2 free    i-a running, InService
    => nothing`);

  describe("in order", () => {
    plans(`gives the first address to the instance that waits longest
      eni-1 free    i-a running 10:00
      eni-2 free    i-b running 09:00
      => attach eni-1 to i-b at 1, instanceWaits
      => attach eni-2 to i-a at 1, instanceWaits`);

    plans(`takes instances of the same launch time in the order of their ids
      eni-1 free    i-b running
      eni-2 free    i-a running
      => attach eni-1 to i-a at 1, instanceWaits
      => attach eni-2 to i-b at 1, instanceWaits`);

    plans(`compares addresses as numbers, not as text
      eni-10 free    eni-9 free    i-a running
      => attach eni-9 to i-a at 1, instanceWaits`);

    plans(`compares every part of an address, the first part first
      eni-1 free, address 10.1.0.0         i-a running
      eni-2 free, address 10.0.255.255     i-b running
      eni-3 free, address 9.255.255.255    i-c running
      => attach eni-3 to i-a at 1, instanceWaits
      => attach eni-2 to i-b at 1, instanceWaits
      => attach eni-1 to i-c at 1, instanceWaits`);

    plans(`takes interfaces of the same address in the order of their ids
      eni-2 free, address 10.0.0.1    eni-1 free, address 10.0.0.1    i-a running
      => attach eni-1 to i-a at 1, instanceWaits`);

    plans(`takes what is no address last
      eni-1 free, address 10.0.0.9    eni-2 free, address none    eni-3 free, address 10.0.0.1
      i-a running                     i-b running                 i-c running
      => attach eni-3 to i-a at 1, instanceWaits
      => attach eni-1 to i-b at 1, instanceWaits
      => attach eni-2 to i-c at 1, instanceWaits`);
  });

  describe("by zone and pool", () => {
    plans(`matches by Availability Zone, whatever the subnet of the address
      eni-1 free, zone b    eni-2 free, address 172.16.0.5    i-a running
      => attach eni-2 to i-a at 1, instanceWaits`);

    plans(`reports an instance in a zone where its pool has no interface
      eni-1 free, zone b    i-a running    no interface of licence in a for 30 s
      => exhausted i-a: i-a has no address: pool licence has no interface in eu-west-1a`);

    plans(`waits 30 s for a zone's interfaces to be shown again before it is exhausted
      exhausted means abandon    eni-1 free, zone b    i-a running, Pending:Wait    no interface of licence in a for 29.9 s
      => refused i-a, recheck 5000: i-a has no address: EC2 shows no interface of pool licence in eu-west-1a`);

    plans(`gives an instance no address of another pool
      eni-1 free, pool render    i-a running    no interface of licence in a for 30 s
      => exhausted i-a: i-a has no address: pool licence has no interface in eu-west-1a`);

    plans(`counts the interfaces of the zone when all are taken
      eni-1 on i-a    eni-2 on i-b    eni-3 free, zone b    i-a running    i-b running    i-c running
      => exhausted i-c: i-c has no address: all 2 of pool licence in eu-west-1a are taken`);

    plans(`lets an instance wait for the addresses that are on their way back
      eni-2 on i-old, detaching    eni-1 pending    i-a running    i-old shutting-down
      => returning eni-1: 10.0.0.1 isn't free yet: its status is pending
      => returning eni-2: 10.0.0.2 isn't free yet: it is detaching from i-old
      => waiting i-a, recheck 400: i-a has no address: none is free, these are on their way back: 10.0.0.1, 10.0.0.2`);

    plans(`reads often for one of them that has been coming for a moment only
      eni-1 pending, seen returning for 6.1 s    eni-2 pending, seen returning for 6 s    i-a running
      => returning eni-1: 10.0.0.1 isn't free yet: its status is pending
      => returning eni-2: 10.0.0.2 isn't free yet: its status is pending
      => waiting i-a, recheck 400: i-a has no address: none is free, these are on their way back: 10.0.0.1, 10.0.0.2`);

    for (const [count, more] of [
      [10, ""],
      [12, " and 2 more"],
    ] as const) {
      const numbers = Array.from({ length: count }, (_, index) => index + 1);
      const why = "isn't free yet: its status is pending";
      const waits = numbers.map((one) => `=> returning eni-${one}: 10.0.0.${one} ${why}`);
      const ten = numbers.slice(0, 10).map((one) => `10.0.0.${one}`);
      plans(`names ten of ${count} addresses on their way back, and counts the others
        i-a running    ${numbers.map((one) => `eni-${one} pending`).join("    ")}
        ${waits.join("    ")}
        => waiting i-a, recheck 400: i-a has no address: none is free, these are on their way back: ${ten.join(", ")}${more}`);
    }
  });

  describe("by state", () => {
    plans(`gives none to an instance that is pending
      eni-1 free    i-a pending
      => pending i-a: i-a has no address: EC2 shows it pending`);

    for (const state of ["stopping", "stopped"]) {
      plans(`gives none to an instance that is ${state}
        eni-1 free    i-a ${state}
        => ineligible i-a: i-a has no address: EC2 shows it ${state}`);
    }

    for (const instance of ["i-a shutting-down", "i-a terminated", "i-a running, untagged"]) {
      plans(`gives none to ${instance}, and says nothing of it
        eni-1 free    ${instance}
        => nothing`);
    }

    for (const state of ["Terminating", "Terminating:Retained", "Terminated"]) {
      plans(`gives none to a member that is ${state}
        eni-1 free    i-a running, ${state}
        => ineligible i-a: i-a has no address: it is leaving its group workers (${state})`);
    }

    for (const state of ["Warmed:Pending:Retained", "Warmed:Terminating:Retained"]) {
      plans(`gives none to a member that is ${state}
        eni-1 free    i-a running, ${state}
        => ineligible i-a: i-a has no address: it is parked in the warm pool of its group workers (${state})`);
    }

    plans(`gives none to a member that is parked
      eni-1 free    i-a running, Warmed:Running
      => ineligible i-a: i-a has no address: it is parked in the warm pool of its group workers (Warmed:Running)`);

    for (const state of [
      ...["Pending:Proceed", "InService", "Standby", "Detaching"],
      ...["Quarantined", "RootVolumeReplaced"],
    ]) {
      plans(`gives one to a member that is ${state}
        eni-1 free    i-a running, ${state}
        => attach eni-1 to i-a at 1, instanceWaits`);
    }

    plans(`gives one to a member that is Pending, and leaves the rest to the launch hook's event
      eni-1 free    i-a running, Pending
      => attach eni-1 to i-a at 1 unwatched, instanceWaits`);

    plans(`watches the attachment of a member whose launch an event told of already, though a read that lags shows it Pending
      eni-1 free    eni-2 on i-b, attaching    i-a running, Pending, reported launching    i-b running, Pending, reported launching
      => attach eni-1 to i-a at 1, instanceWaits
      => attaching eni-2, recheck 2000: 10.0.0.2 is attaching to i-b`);
  });

  describe("at a device index", () => {
    plans(`takes the lowest in a gap
      eni-1 free    i-a running, others at 0 1 3    m7i.large takes 8
      => attach eni-1 to i-a at 2, instanceWaits`);

    plans(`takes the one after the last where there is no gap, in whatever order they are listed
      eni-1 free    i-a running, others at 2 1 0    m7i.large takes 8
      => attach eni-1 to i-a at 3, instanceWaits`);

    plans(`never takes the primary interface's, even when a read doesn't show it
      eni-1 free    i-a running, lists none
      => attach eni-1 to i-a at 1, instanceWaits`);

    plans(`takes index 0 of the next card when the first is full, by the limits of its own type
      eni-1 free    i-a running, others at 0 1, type c6in.32xlarge    c6in.32xlarge takes 2 8    m7i.large takes 3
      => attach eni-1 to i-a at 1/0, instanceWaits`);

    plans(`takes the lowest of the next card, whatever the first has there
      eni-1 free    i-a running, others at 0 1 1/0 1/2    m7i.large takes 2 4
      => attach eni-1 to i-a at 1/1, instanceWaits`);

    plans(`takes the first card's last place before the next card
      eni-1 free    i-a running, others at 0 1 1/0    m7i.large takes 3 4
      => attach eni-1 to i-a at 2, instanceWaits`);

    plans(`finds none when every card is full, and gives the address to the next
      eni-1 free    i-a running, others at 0 1 1/0, type t3.micro, Pending:Wait    i-b running    t3.micro takes 2 1
      => attach eni-1 to i-b at 1, instanceWaits
      => blocked i-a: i-a has no address: t3.micro takes no more interfaces than it has`);

    plans(`goes by the cards' indexes, and passes over a card that isn't told: it takes no plain interfaces
      eni-1 free    i-a running, others at 0    m7i.large takes 0:1 2:1
      => attach eni-1 to i-a at 2/0, instanceWaits`);

    plans(`finds none where the type takes no more in all, though a card does
      eni-1 free    i-a running, others at 0 1/0    m7i.large takes 2 of 2 2
      => blocked i-a: i-a has no address: m7i.large takes no more interfaces than it has`);

    const sixtyThree = Array.from({ length: 63 }, (_, index) => index).join(" ");
    plans(`counts on 64 at most when the limits are unknown
      eni-1 free    i-a running, others at ${sixtyThree}    i-b running, others at ${sixtyThree} 63
      => attach eni-1 to i-a at 63, instanceWaits
      => blocked i-b: i-b has no address: m7i.large takes no more interfaces than it has`);
  });

  describe("that EC2 refused to one instance alone", () => {
    plans(`says of each why, in the order of their addresses, and reads again while one isn't for good
      eni-1 free    eni-2 free    i-a running
      refused for good eni-1 to i-a: wrong
      refused eni-2 to i-a: busy
      => refused i-a, recheck 300: i-a has no address: wrong; busy`);

    plans(`reads again as soon as the first of them may be tried
      eni-1 free    eni-2 free    i-a running
      refused for 3 s eni-1 to i-a: wrong    refused for 2 s eni-2 to i-a: busy
      => refused i-a, recheck 2000: i-a has no address: wrong; busy`);

    plans(`finds its pool exhausted when all of them are refused for good
      eni-1 free    eni-2 free    i-a running
      refused for good eni-2 to i-a: worse
      refused for good eni-1 to i-a: wrong
      => exhausted i-a: i-a has no address: wrong; worse`);

    plans(`gives it the first one that is not refused
      eni-1 free    eni-2 free    eni-3 free    i-a running    refused eni-1 to i-a: busy
      => attach eni-2 to i-a at 1, instanceWaits`);

    plans(`gives them to whoever waits next, and finds its pool exhausted
      eni-1 free    i-a running, Pending:Wait    i-b running    refused for good eni-1 to i-a: wrong
      => attach eni-1 to i-b at 1, instanceWaits
      => exhausted i-a: i-a has no address: wrong`);
  });

  describe("that EC2 refused to everybody, or an instance everything", () => {
    plans(`passes over an interface that it refused for now, and waits for that to come back
      eni-1 free    eni-2 free    i-a running    i-b running    refused eni-1: in use
      => attach eni-2 to i-a at 1, instanceWaits
      => returning eni-1: 10.0.0.1 can't be used for now: in use
      => waiting i-b, recheck 400: i-b has no address: none is free, these are on their way back: 10.0.0.1`);

    plans(`leaves out an interface that it refused for good
      eni-1 free    i-a running    refused for good eni-1: no rights
      => blocked eni-1: 10.0.0.1 can't be used for now: no rights
      => exhausted i-a: i-a has no address: all 1 of pool licence in eu-west-1a are taken`);

    plans(`tries the next index where it refused one
      eni-1 free    i-a running    refused slot 1 of i-a: index taken
      => attach eni-1 to i-a at 2, instanceWaits`);

    plans(`gives none beyond the indexes that there are, where the type's limits aren't known
      eni-1 free    i-a running, others at ${indexesTo(62)}    i-b running, others at ${indexesTo(62)}    refused slot 63 of i-a: index taken
      => attach eni-1 to i-b at 63, instanceWaits
      => blocked i-a: i-a has no address: m7i.large takes no more interfaces than it has`);

    plans(`leaves to the next event what it refused for more than 10 s
      eni-1 free    eni-2 free    i-a running    refused for 10.1 s i-a: limit    i-b running    refused for 10 s i-b: busy
      => refused i-a: i-a has no address: limit
      => refused i-b, recheck 10000: i-b has no address: busy`);

    const both = plansIn("eni-1 free    i-a running    i-b running");

    both(`gives the address of an instance that it refused for now to the next one
      refused i-a: limit
      => attach eni-1 to i-b at 1, instanceWaits
      => refused i-a, recheck 300: i-a has no address: limit`);

    both(`gives the address of an instance that it refused for good to the next one
      refused for good i-a: limit
      => attach eni-1 to i-b at 1, instanceWaits
      => blocked i-a: i-a has no address: limit`);
  });
});
