import assert from "node:assert/strict";
import { createMemory } from "../../handler/reconcile";
import { freeInterface, heldInterface, instance, madeAndHeld, madeInterface } from "./builders";
import { beforeRead, useReconcile } from "./reconcileHarness";
import { ec2Of, type SmallEc2 } from "./smallEc2";

/** What becomes of the region at a second of the process's life, before a short reconcile looks at it. */
type Moment = [second: number, change?: (region: SmallEc2) => void];

describe("reconcilePools, of what it has seen for a while", () => {
  const { clock, reconcile } = useReconcile();

  /** When something was changed, and what, in the life of one process. */
  async function lifeOf(world: string, ...moments: Moment[]): Promise<string[]> {
    const region = ec2Of(world, { readsInTransition: 1000 });
    const memory = createMemory();
    const beginMs = clock.nowMs;
    const found: string[] = [];
    for (const [second, change] of moments) {
      clock.nowMs = beginMs + second * 1000;
      change?.(region);
      const { changes } = await reconcile(region, { memory, invocationMs: 2_200 });
      found.push(...changes.map((one) => `${second} s: ${one}`));
    }
    return found;
  }

  const showing =
    (...interfaces: SmallEc2["interfaces"]) =>
    (region: SmallEc2): void => {
      region.interfaces = interfaces;
    };

  describe("detaching", () => {
    const world = "eni-1 on i-old, detaching    i-old shutting-down";
    const detaching = heldInterface(1, "i-old", { status: "detaching" });
    const forced = "detach attach-1 with force";

    it("forces it off once, after 120 s of the process's life", async () => {
      const found = await lifeOf(world, [0], [119.999], [120], [300]);
      assert.deepEqual(found, [`120 s: ${forced}`]);
    });

    it("is waited for five minutes after it was forced off, and then by nobody, in any invocation", async () => {
      const region = ec2Of(`${world}    i-a running`, { readsInTransition: 10_000 });
      const memory = createMemory();
      const found: [number, string[], string | undefined][] = [];
      const beginMs = clock.nowMs;
      for (const second of [0, 120, 419, 421, 3600]) {
        clock.nowMs = beginMs + second * 1000;
        const { changes, lines } = await reconcile(region, { memory, invocationMs: 2_200 });
        found.push([second, changes, lines.find((line) => line.includes("i-a has"))]);
      }
      const noAddress = "i-a has no address:";
      const returning = `info: ${noAddress} none is free, these are on their way back: 10.0.0.1`;
      const taken = `warn: ${noAddress} all 1 of pool licence in eu-west-1a are taken`;
      assert.deepEqual(found, [
        [0, [], returning],
        [120, [forced], returning],
        [419, [], returning],
        [421, [], taken],
        [3600, [], taken],
      ]);
    });

    it("counts each on its own", async () => {
      const other = heldInterface(2, "i-old", { status: "detaching" });
      const found = await lifeOf(world, [0], [60, showing(detaching, other)], [120], [180]);
      assert.deepEqual(found, [`120 s: ${forced}`, "180 s: detach attach-2 with force"]);
    });

    it("counts from the start again where it was over in between, also what was forced", async () => {
      const free = showing(freeInterface(1));
      const parts = { status: "detaching", attachmentId: "attach-2" };
      const again = showing(heldInterface(1, "i-old", parts));
      const third = showing(heldInterface(1, "i-old", { ...parts, attachmentId: "attach-3" }));
      const moments: Moment[] = [[0], [90, free], [100, again], [219], [220]];
      const found = await lifeOf(world, ...moments, [230, free], [240, third], [359], [360]);
      assert.deepEqual(found, [
        "220 s: detach attach-2 with force",
        "360 s: detach attach-3 with force",
      ]);
    });
  });

  describe("without its holder", () => {
    it("takes it back after 40 s, whatever the machine's clock says", async () => {
      const { timeline } = await reconcile("eni-1 on i-gone    i-a running", {
        before: beforeRead(3, () => {
          clock.correctionMs = 3_600_000;
        }),
      });
      assert.deepEqual(timeline.slice(0, 1), ["40.4 s: detach attach-1"]);
    });

    it("counts each holder on its own, and from the start where one was seen in between", async () => {
      const found = await lifeOf(
        "eni-1 on i-a    eni-2 on i-b    i-other terminated",
        [0, ({ interfaces }) => interfaces.pop()],
        [30, ({ interfaces }) => interfaces.push(heldInterface(2, "i-b"))],
        [35, ({ instances }) => instances.set("i-a", instance("i-a"))],
        [39, ({ instances }) => instances.delete("i-a")],
        [70],
        [78.999],
        [79],
      );
      assert.deepEqual(found, ["70 s: detach attach-2", "79 s: detach attach-1"]);
    });
  });

  it("dates an attachment and an instance of the same id apart", async () => {
    const sameId = heldInterface(1, "i-old", { status: "detaching", attachmentId: "i-gone" });
    const found = await lifeOf(
      "eni-2 on i-gone    i-old shutting-down",
      [0],
      [30, showing(sameId)],
      [120],
      [150],
    );
    assert.deepEqual(found, ["150 s: detach i-gone with force"]);
  });

  it("remembers nothing of what is over, or never was to be dated", async () => {
    const memory = createMemory();
    const seen = `pool second on demand in a    eni-1 free    eni-2 on i-a    i-a running    i-b stopped, tag second
      eni-4 on a service    eni-5 free, pool second    eni-6 free, pool second, made for i-b`;
    const dated =
      "eni-3 on i-gone    eni-7 on i-c, detaching    i-c stopped    eni-8 free, pool second, made for i-gone";
    await reconcile(`${seen}    ${dated}`, { memory, invocationMs: 2_200 });
    const found = [...memory.firstSeen.keys()].sort();
    assert.deepEqual(found, [
      "detaching/attach-7",
      "missing/i-gone",
      "returning/eni-3",
      "returning/eni-7",
      "unused/eni-8",
    ]);
    await reconcile(seen, { memory });
    assert.deepEqual([...memory.firstSeen.keys()], []);
  });

  describe("made on demand and unused", () => {
    const world =
      "pool second on demand in a    eni-1 free, pool second, made for i-a    i-other terminated";
    const stopped = instance("i-a", { poolTag: "second", state: "stopped" });
    const wanted = (region: SmallEc2) => region.instances.set("i-a", stopped);
    const gone = (region: SmallEc2) => region.instances.delete("i-a");

    it("deletes it after 60 s of the process's life", async () => {
      assert.deepEqual(await lifeOf(world, [0], [59.999], [60], [61]), ["60 s: delete eni-1"]);
      assert.deepEqual(await lifeOf(world, [0]), []);
    });

    it("counts from the start again when it was on an instance, not there or wanted in between", async () => {
      const on = showing(madeAndHeld(1, "i-a"));
      const back = showing(madeInterface(1, "i-a"));
      for (const [between, again] of [
        [on, back],
        [showing(), back],
        [wanted, gone],
      ] as const) {
        const found = await lifeOf(world, [0], [30, between], [40, again], [99.9], [100]);
        assert.deepEqual(found, ["100 s: delete eni-1"]);
      }
    });

    it("doesn't count while its own instance wants it, so that no single read costs it the interface", async () => {
      assert.deepEqual(await lifeOf(world, [0, wanted], [600, gone], [610, wanted], [700]), []);
      const elsewhere = madeAndHeld(2, "i-b", {}, { madeFor: "i-a" });
      const both = showing(madeInterface(1, "i-a"), elsewhere);
      const isB = instance("i-b", { poolTag: "second" });
      const withB = (region: SmallEc2) => {
        both(region);
        region.instances.set("i-b", isB);
      };
      assert.deepEqual(await lifeOf(world, [0, wanted], [1, withB], [600, gone], [610]), []);
    });

    it("counts where its instance has another, whoever that was made for, or is kept two", async () => {
      const given = madeAndHeld(2, "i-a", {}, { madeFor: "i-b" });
      const first: Moment = [1, showing(madeInterface(1, "i-a"), given)];
      const served = await lifeOf(world, [0, wanted], first, [60.9], [61]);
      assert.deepEqual(served, ["61 s: delete eni-1"]);
      const two: Moment = [1, showing(madeInterface(1, "i-a"), madeInterface(2, "i-a"))];
      const twice = await lifeOf(world, [0, wanted], two, [60.9], [61]);
      assert.deepEqual(twice, ["61 s: delete eni-2"]);
    });
  });
});
