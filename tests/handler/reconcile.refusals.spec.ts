import assert from "node:assert/strict";
import { createMemory } from "../../handler/reconcile";
import { attach, heldInterface } from "./builders";
import { FULL_READ, readOf, refusing, summary, useReconcile } from "./reconcileHarness";
import { measurementLine } from "./poolMetrics";
import { ec2Of, serviceError } from "./smallEc2";

const ATTACH = "attach eni-1 to i-a at 0/1";
const WAITING = "eni-1 free    i-a running";
const COMPLETE = "complete network-interface-pool-launch of i-a in workers: CONTINUE";
const HEARTBEAT = "heartbeat network-interface-pool-launch of i-a in workers";

describe("reconcilePools, when AWS refuses", () => {
  const { clock, reconcile } = useReconcile();

  it("tries again on a full read, after a short pause", async () => {
    const before = refusing("attach", serviceError("IncorrectInstanceState", "not yet"), 1);
    const { steps, pauses, summaries } = await reconcile(WAITING, { before });
    const reads = [readOf("eni-1"), readOf("eni-1")];
    assert.deepEqual(steps, [FULL_READ, ATTACH, FULL_READ, ATTACH, ...reads]);
    assert.deepEqual(pauses, [300, 2000, 1500]);
    assert.deepEqual(summaries, [summary({ rounds: 4, attach: 1, refused: 1 })]);
  });

  it("takes what was over already for done", async () => {
    const gone = serviceError("InvalidAttachmentID.NotFound", "gone");
    const { changes, lines, summaries } = await reconcile("eni-1 on i-a    i-a terminated", {
      before: refusing("detach", gone),
    });
    assert.deepEqual(changes, ["detach attach-1"]);
    assert.deepEqual(lines, ["info: detach 10.0.0.1 from i-a: holderTerminated", "info: settled"]);
    // What comes back is waited for by nobody.
    assert.deepEqual(summaries, [summary({ detach: 1, waits: 1 })]);
  });

  it("takes a lifecycle action that is no longer there for done", async () => {
    const message = "No active Lifecycle Action found with instance ID i-a";
    const { changes, summaries } = await reconcile(
      "eni-1 on i-a    eni-2 free    i-a running, Pending:Wait    i-b running",
      { before: refusing("complete", serviceError("ValidationError", message)) },
    );
    assert.deepEqual(changes, [COMPLETE, "attach eni-2 to i-b at 0/1"]);
    assert.deepEqual(summaries, [summary({ rounds: 3, attach: 1, complete: 1 })]);
  });

  /** In which seconds of a process's life it asks for the one attachment, each minute and once. */
  async function triesOf(error: Error, minutes: number): Promise<number[]> {
    const memory = createMemory();
    const region = ec2Of(WAITING, { before: refusing("attach", error) });
    const beginMs = clock.nowMs;
    const seconds: number[] = [];
    for (let minute = 0; minute < minutes; minute += 1) {
      clock.nowMs = beginMs + minute * 60_000;
      const { timeline } = await reconcile(region, { memory, invocationMs: 58_000 });
      seconds.push(...timeline.map((line) => minute * 60 + Number(line.split(" ")[0])));
    }
    return seconds;
  }

  it("tries after 2, 8 and 32 s when rights are missing, then with each schedule", async () => {
    const denied = serviceError("UnauthorizedOperation", "no");
    assert.deepEqual(await triesOf(denied, 5), [0, 2, 10, 60, 120, 180, 240]);
    const { pauses, summaries } = await reconcile(WAITING, { before: refusing("attach", denied) });
    assert.deepEqual(pauses, [300, 1_700, 300, 7_700, 300]);
    assert.deepEqual(summaries, [summary({ rounds: 6, refused: 3, waits: 1 })]);
  });

  it("tries again after twice the time each time, and leaves what takes ten seconds to the schedule", async () => {
    const busy = serviceError("IncorrectState", "busy");
    const found = await triesOf(busy, 3);
    assert.deepEqual(found, [0, 0.3, 0.9, 2.1, 4.5, 9.3, 18.9, 60, 120]);
  });

  it("leaves a taken interface alone for 1.5 s, then for 3, and reads for it to come back", async () => {
    const taken = serviceError("InvalidNetworkInterface.InUse", "in use");
    const { timeline } = await reconcile(WAITING, { before: refusing("attach", taken) });
    // The first read after 1.5, 3, 6, 12 and 24 s, which are 0.4 s apart, and after six of them 1 s.
    const seconds = [0, 1.5, 4.6, 10.9, 23.6, 48.3];
    assert.deepEqual(
      timeline,
      seconds.map((second) => `${second} s: ${ATTACH}`),
    );
  });

  describe("by a code that no table knows", () => {
    const unknown = serviceError("SomethingNew", "no");

    it("asks four times in 42 seconds, and then more and more rarely, over invocations", async () => {
      assert.deepEqual(await triesOf(unknown, 32), [0, 2, 10, 60, 120, 240, 480, 960, 1560]);
    });

    it("asks with four interfaces of twenty, and then with one, more and more rarely", async () => {
      const numbers = Array.from({ length: 20 }, (_, index) => index + 1);
      const free = numbers.map((number) => `eni-${number} free`).join("    ");
      const region = ec2Of(`${free}    i-a running`, { before: refusing("attach", unknown) });
      const memory = createMemory();
      const beginMs = clock.nowMs;
      const counts: number[] = [];
      for (let minute = 0; minute < 6; minute += 1) {
        clock.nowMs = beginMs + minute * 60_000;
        counts.push((await reconcile(region, { memory })).changes.length);
      }
      assert.deepEqual(counts, [4, 1, 0, 1, 0, 0]);
      assert.ok(region.calls.length < 60, String(region.calls.length));
    });

    it("says so in few lines, and from the fourth time on in the metrics that a person has to see to it", async () => {
      const memory = createMemory();
      const region = ec2Of(WAITING, { before: refusing("attach", unknown) });
      const found: [number, string[]][] = [];
      for (let minute = 0; minute < 3; minute += 1) {
        const { steps, measured } = await reconcile(region, { memory });
        const failures = measured.flat().map(measurementLine);
        found.push([steps.length, failures.filter((line) => line.includes("Failures"))]);
        clock.nowMs += 60_000;
      }
      // It reads before and after each of its three tries, and when two of them come; later before and after its one.
      assert.deepEqual(found, [
        [9, ["licence lookAgain: Failures 3"]],
        [3, ["licence misconfigured: Failures 1"]],
        [3, ["licence misconfigured: Failures 1"]],
      ]);
    });
  });

  describe("for good", () => {
    const limit = serviceError("AttachmentLimitExceeded", "too many");

    it("doesn't try again what a person has to mend, and says so", async () => {
      const before = refusing("attach", limit);
      const { changes, lines, facts } = await reconcile(WAITING, { before });
      assert.deepEqual(changes, [ATTACH]);
      assert.deepEqual(lines, [
        "warn: attach 10.0.0.1 to i-a: instanceWaits: refused: AttachmentLimitExceeded: too many",
        "warn: i-a has no address: EC2 refused: AttachmentLimitExceeded: too many",
        "info: settled",
      ]);
      const said = { code: "AttachmentLimitExceeded", message: "too many", isKnown: true };
      assert.deepEqual(facts[0], {
        action: attach(1, "i-a"),
        refusal: { class: "misconfigured", ...said, blames: "instance" },
      });
    });

    it("gives the other instance the address", async () => {
      const { changes } = await reconcile("eni-1 free    i-a running    i-b running", {
        before: refusing(ATTACH, limit),
      });
      assert.deepEqual(changes, [ATTACH, "attach eni-1 to i-b at 0/1"]);
    });

    it("tries no other interface where the instance takes none", async () => {
      const { changes } = await reconcile("eni-1 free    eni-2 free    i-a running", {
        before: refusing("attach", limit),
      });
      assert.deepEqual(changes, [ATTACH]);
    });

    it("gives the instance another interface when the two don't fit", async () => {
      const before = refusing("attach", serviceError("InvalidParameterCombination", "no"), 1);
      const { changes } = await reconcile("eni-1 free    eni-2 free    i-a running", { before });
      assert.deepEqual(changes, [ATTACH, "attach eni-2 to i-a at 0/1"]);
    });

    const wrong = serviceError("OperationNotPermitted", "no");
    const cases: [what: string, world: string, changes: string[]][] = [
      [
        "a detachment, and serves the others",
        "eni-1 free    eni-3 on i-old    i-a running    i-old terminated",
        ["detach attach-3", ATTACH],
      ],
      ["a completion", "eni-1 on i-a    i-a running, Pending:Wait", [COMPLETE]],
      [
        "a heartbeat",
        "eni-1 on i-old, detaching    i-a running, Pending:Wait    i-old stopped",
        [HEARTBEAT],
      ],
      [
        "an interface to be made",
        "pool second on demand in a    i-a running, tag second",
        ["create in subnet-a for i-a/of/second"],
      ],
      [
        "an end with its instance, of what stays held",
        "pool second on demand in a    eni-1 on i-a, pool second    i-a running, tag second",
        ["modify attach-1"],
      ],
    ];
    for (const [what, world, expected] of cases) {
      it(`leaves it to a person: ${what}`, async () => {
        const { changes } = await reconcile(world, {
          invocationMs: 10_000,
          before: (call) => {
            if (/^(detach|complete|heartbeat|create|modify)/.test(call)) throw wrong;
          },
        });
        assert.deepEqual(changes, expected);
      });
    }

    it("leaves it to a person: a deletion", async () => {
      const memory = createMemory();
      const world =
        "pool second on demand in a    eni-1 free, pool second, made for i-gone    i-other terminated";
      await reconcile(world, { memory });
      clock.nowMs += 60_000;
      const { changes } = await reconcile(world, { memory, before: refusing("delete", wrong) });
      assert.deepEqual(changes, ["delete eni-1"]);
    });
  });

  for (const code of ["InvalidNetworkInterface.InUse", "InvalidNetworkInterfaceID.NotFound"]) {
    it(`takes another interface at ${code}, though a read still shows it`, async () => {
      const { changes } = await reconcile("eni-1 free    eni-2 free    i-a running", {
        before: refusing("attach eni-1", serviceError(code)),
      });
      assert.deepEqual(changes, [ATTACH, "attach eni-2 to i-a at 0/1"]);
    });
  }

  it("takes the taken interface after all when it is free later", async () => {
    const before = refusing("attach", serviceError("InvalidParameterValue", "eni-1 in use."), 1);
    const { changes, pauses } = await reconcile(WAITING, { before });
    assert.deepEqual(changes, [ATTACH, ATTACH]);
    assert.deepEqual(pauses, [300, 400, 400, 400, 2000, 1500]);
  });

  for (const code of ["UnauthorizedOperation", "InvalidParameterCombination"]) {
    it(`gives the other instance another address when ${code} may be due to either`, async () => {
      const world = "eni-1 free    eni-2 free    i-a running    i-b running";
      const { changes } = await reconcile(world, {
        before: (call) => {
          if (call.includes(" to i-a ")) throw serviceError(code);
        },
      });
      const toOther = "attach eni-2 to i-b at 0/1";
      assert.equal(changes.filter((call) => call === toOther).length, 1);
      assert.deepEqual(new Set(changes), new Set([ATTACH, toOther]));
    });
  }

  it("believes the next read when an attachment had worked although AWS answered an error", async () => {
    const { changes, summaries } = await reconcile("eni-1 free    i-a running, Pending:Wait", {
      before: (call, region) => {
        if (call !== ATTACH) return;
        region.interfaces = [heldInterface(1, "i-a")];
        throw serviceError("TimeoutError", "no answer");
      },
    });
    assert.deepEqual(changes, [ATTACH, COMPLETE]);
    assert.deepEqual(summaries, [summary({ rounds: 2, complete: 1, refused: 1 })]);
  });
});
