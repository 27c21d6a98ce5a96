import { plans } from "./plans";

describe("the plan, of instances that are about to run", () => {
  plans(`watches the one that an event called running, and no other
    eni-1 free    i-b pending 10:00    i-a pending 10:00, reported running    i-c pending 09:00
    => pending i-c: i-c has no address: EC2 shows it pending
    => pending i-a, recheck 1000: i-a has no address: EC2 shows it pending
    => pending i-b: i-b has no address: EC2 shows it pending`);

  plans(`doesn't watch one that isn't pending or isn't managed
    eni-1 on i-a    i-a running, reported running    i-b pending, untagged, reported running
    i-c terminated, reported running
    => nothing`);
});

describe("the plan, of what reads don't show yet", () => {
  plans(`counts an attachment of this reconcile before EC2 shows it
    eni-1 free, given to i-b    eni-2 free    i-a running    i-b running
    => attach eni-2 to i-a at 1, instanceWaits
    => attaching eni-1 i-b, recheck 2000: 10.0.0.1 is attaching to i-b`);

  plans(`watches it although EC2 still shows the former holder
    eni-1 on i-old, given to i-a    i-a running    i-old terminated
    => attaching eni-1 i-a, recheck 2000: 10.0.0.1 is attaching to i-a`);

  plans(`believes EC2 once it shows that attachment
    eni-1 on i-a, given to i-a    i-a running, Pending:Wait
    => CONTINUE launch of i-a, addressAttached`);

  plans(`believes the instance's own list while the interface still looks free
    eni-1 free    eni-2 free    i-a running    i-b running, also lists eni-1 at 1
    => attach eni-2 to i-a at 1, instanceWaits
    => attaching eni-1 i-b, recheck 2000: 10.0.0.1 is attaching to i-b`);

  plans(`believes it also when an instance that is none of the pool's lists the interface, too
    eni-1 free    i-a running, also lists eni-1 at 1    i-x running, untagged, also lists eni-1 at 1
    => attaching eni-1 i-a, recheck 2000: 10.0.0.1 is attaching to i-a`);

  plans(`takes nothing back that the instance's own list alone shows
    eni-1 on i-a    eni-2 free    i-a running, also lists eni-2 at 2
    => attaching eni-2 i-a, recheck 2000: 10.0.0.2 is attaching to i-a`);

  plans(`doesn't count an interface of another pool on the instance's own list
    eni-1 free, pool render    eni-2 free    i-a running, also lists eni-1 at 1
    => attach eni-2 to i-a at 2, instanceWaits`);

  plans(`takes nothing back from an instance that no read shows
    eni-1 free, given to i-a    eni-2 free, given to i-a
    => attaching eni-1 i-a, recheck 2000: 10.0.0.1 is attaching to i-a
    => attaching eni-2 i-a, recheck 2000: 10.0.0.2 is attaching to i-a`);
});
