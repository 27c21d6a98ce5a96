import assert from "node:assert/strict";
import { INTERFACES_LOOK, LOOK, summary, useReconcile } from "./reconcileHarness";
import { type SmallEc2Parts, serviceError } from "./smallEc2";
import { attach, freeInterface, heldInterface, instance, place } from "./builders";

/** Throws the given errors at calls that begin like this, one a call, and lets the rest through. */
function refusing(start: string, ...errors: Error[]): NonNullable<SmallEc2Parts["before"]> {
  return (call) => {
    if (!call.startsWith(start)) return;
    const error = errors.shift();
    if (error !== undefined) throw error;
  };
}

function always(start: string, error: Error): NonNullable<SmallEc2Parts["before"]> {
  return (call) => {
    if (call.startsWith(start)) throw error;
  };
}

describe("reconcilePools, when AWS refuses", () => {
  const { reconcile } = useReconcile();
  const waiting = { interfaces: [freeInterface(1)], instances: [instance("i-a")] };
  const ATTACH = "attach eni-1 to i-a at 0/1";

  it("tries again on a look at everything, after a short pause", async () => {
    const before = refusing("attach", serviceError("IncorrectInstanceState", "not yet"));
    const { steps, pauses, summaries } = await reconcile({ ...waiting, before });
    const looks = [INTERFACES_LOOK, INTERFACES_LOOK];
    assert.deepEqual(steps, [LOOK, ATTACH, LOOK, ATTACH, ...looks]);
    assert.deepEqual(pauses, [300, 1500, 1500]);
    assert.deepEqual(summaries, [summary({ looks: 4, attach: 1, refused: 1 })]);
  });

  it("takes what was over already for done", async () => {
    const { changes, lines, summaries } = await reconcile({
      interfaces: [heldInterface(1, "i-a")],
      instances: [instance("i-a", { state: "terminated" })],
      before: refusing("detach", serviceError("InvalidAttachmentID.NotFound", "gone")),
    });
    assert.deepEqual(changes, ["detach attach-1"]);
    assert.deepEqual(lines, ["info: detach 10.0.0.1 from i-a: holderTerminated", "info: settled"]);
    assert.deepEqual(summaries, [summary({ detach: 1 })]);
  });

  it("takes a lifecycle action that is no longer there for done", async () => {
    const message = "No active Lifecycle Action found with instance ID i-a";
    const { changes, summaries } = await reconcile({
      ...waiting,
      interfaces: [heldInterface(1, "i-a")],
      members: { "i-a": "Pending:Wait" },
      before: always("complete", serviceError("ValidationError", message)),
    });
    assert.equal(changes.length, 1);
    assert.deepEqual(summaries, [summary({ complete: 1 })]);
  });

  it("tries once more when rights are missing, then leaves it", async () => {
    const { changes, pauses, summaries } = await reconcile({
      ...waiting,
      before: always("attach", serviceError("UnauthorizedOperation", "no")),
    });
    assert.deepEqual(changes, [ATTACH, ATTACH]);
    assert.deepEqual(pauses, [300, 300]);
    assert.deepEqual(summaries, [summary({ looks: 3, refused: 2, waits: 1 })]);
  });

  it("gives an instance another interface when EC2 refuses it the first for good", async () => {
    const { changes } = await reconcile({
      interfaces: [freeInterface(1), freeInterface(2)],
      instances: [instance("i-a")],
      before: refusing("attach", serviceError("InvalidParameterCombination", "no")),
    });
    assert.deepEqual(changes, [ATTACH, "attach eni-2 to i-a at 0/1"]);
  });

  it("doesn't try again what a person has to mend", async () => {
    const { changes, lines } = await reconcile({
      ...waiting,
      before: always("attach", serviceError("AttachmentLimitExceeded", "too many")),
    });
    assert.deepEqual(changes, [ATTACH]);
    assert.deepEqual(lines, [
      "warn: attach 10.0.0.1 to i-a: instanceWaits: refused: AttachmentLimitExceeded: too many",
      "info: i-a has no address: EC2 refused: AttachmentLimitExceeded: too many",
      "info: settled",
    ]);
  });

  it("logs with a refusal what was asked for, and what EC2 said", async () => {
    const { facts } = await reconcile({
      ...waiting,
      before: always("attach", serviceError("AttachmentLimitExceeded", "too many")),
    });
    const said = { code: "AttachmentLimitExceeded", message: "too many" };
    assert.deepEqual(facts[0], {
      action: attach(1, "i-a"),
      refusal: { class: "misconfigured", ...said, blames: "instance" },
    });
  });

  it("takes another interface when one is taken", async () => {
    const { changes } = await reconcile({
      ...waiting,
      interfaces: [freeInterface(1), freeInterface(2)],
      before: always("attach eni-1", serviceError("InvalidNetworkInterface.InUse", "in use")),
    });
    assert.deepEqual(changes, [ATTACH, "attach eni-2 to i-a at 0/1"]);
  });

  it("takes another interface when one is no longer there, though a read still shows it", async () => {
    const { changes } = await reconcile({
      ...waiting,
      interfaces: [freeInterface(1), freeInterface(2)],
      before: always("attach eni-1", serviceError("InvalidNetworkInterfaceID.NotFound", "gone")),
    });
    assert.equal(changes.at(-1), "attach eni-2 to i-a at 0/1");
  });

  it("takes the taken interface after all when it is free later", async () => {
    const { changes, pauses } = await reconcile({
      ...waiting,
      before: refusing("attach", serviceError("InvalidParameterValue", "eni-1 in use.")),
    });
    assert.deepEqual(changes, [ATTACH, ATTACH]);
    assert.deepEqual(pauses, [300, 400, 400, 400, 1500, 1500]);
  });

  it("gives the other instance the address that the first is refused for good", async () => {
    const { changes } = await reconcile({
      interfaces: [freeInterface(1)],
      instances: [instance("i-a"), instance("i-b")],
      before: always(ATTACH, serviceError("AttachmentLimitExceeded", "too many")),
    });
    assert.deepEqual(changes, [ATTACH, "attach eni-1 to i-b at 0/1"]);
  });

  for (const code of ["UnauthorizedOperation", "InvalidParameterCombination"]) {
    it(`gives the other instance another address when ${code} may be due to either`, async () => {
      const { changes } = await reconcile({
        interfaces: [freeInterface(1), freeInterface(2)],
        instances: [instance("i-a"), instance("i-b")],
        before: (call) => {
          if (call.includes(" to i-a ")) throw serviceError(code);
        },
      });
      assert.equal(changes.filter((call) => call === "attach eni-2 to i-b at 0/1").length, 1);
      assert.deepEqual(new Set(changes), new Set([ATTACH, "attach eni-2 to i-b at 0/1"]));
    });
  }

  it("believes the next look when an attachment had worked although AWS answered an error", async () => {
    const lost = serviceError("TimeoutError", "no answer");
    const { changes, summaries } = await reconcile({
      ...waiting,
      members: { "i-a": "Pending:Wait" },
      before: (call, region) => {
        if (call !== ATTACH) return;
        region.interfaces = [heldInterface(1, "i-a")];
        throw lost;
      },
    });
    assert.deepEqual(changes.length, 2);
    assert.deepEqual(summaries, [summary({ looks: 2, complete: 1, refused: 1 })]);
  });

  it("serves the others when one is refused something", async () => {
    const { changes } = await reconcile({
      interfaces: [freeInterface(1), freeInterface(2), heldInterface(3, "i-old")],
      instances: [instance("i-a"), instance("i-b"), instance("i-old", { state: "terminated" })],
      before: always("detach", serviceError("OperationNotPermitted", "no")),
    });
    assert.deepEqual(changes, ["detach attach-3", ATTACH, "attach eni-2 to i-b at 0/1"]);
  });

  describe("the log", () => {
    it("has a line for each decision, and none twice while nothing changes", async () => {
      const { lines, summaries } = await reconcile({
        interfaces: [heldInterface(1, "i-old")],
        instances: [
          instance("i-a"),
          instance("i-full", { instanceType: "t3.micro", places: [place(0), place(1)] }),
          instance("i-old", { state: "shutting-down" }),
        ],
        interfaceLimits: { "t3.micro": [2] },
        looksInTransition: 3,
      });
      assert.deepEqual(lines, [
        "info: i-a has no address: none is free, these are on their way back: 10.0.0.1",
        "warn: i-full has no address: t3.micro takes no more interfaces than it has",
        "info: detach 10.0.0.1 from i-old: holderShuttingDown",
        "info: 10.0.0.1 isn't free yet: it is detaching from i-old",
        "info: attach 10.0.0.1 to i-a: instanceWaits",
        "info: 10.0.0.1 is attaching to i-a",
        "info: settled",
      ]);
      assert.deepEqual(summaries, [summary({ looks: 9, attach: 1, detach: 1, problems: 1 })]);
    });

    it("says of a lifecycle action which, whose and why", async () => {
      const { lines } = await reconcile(
        {
          interfaces: [heldInterface(1, "i-old", { status: "detaching" })],
          instances: [instance("i-a"), instance("i-old", { state: "terminated" })],
          members: { "i-a": "Pending:Wait", "i-b": "Terminating:Wait" },
          looksInTransition: 1000,
        },
        { invocationMs: 3_999 },
      );
      assert.deepEqual(lines.slice(2), [
        "info: heartbeat network-interface-pool-launch of i-a: holderLeaves",
        "info: CONTINUE network-interface-pool-terminate of i-b: instanceGone",
        "info: not settled: the next event looks again",
      ]);
    });

    it("carries the decision itself beside each line", async () => {
      const { facts } = await reconcile(waiting, { invocationMs: 3_999 });
      const action = {
        kind: "attach",
        pool: "licence",
        networkInterfaceId: "eni-1",
        address: "10.0.0.1",
        instanceId: "i-a",
        networkCardIndex: 0,
        deviceIndex: 1,
        watch: true,
        because: "instanceWaits",
      };
      assert.deepEqual(facts, [{ action }, { summary: summary({ settled: false, attach: 1 }) }]);
    });
  });
});
