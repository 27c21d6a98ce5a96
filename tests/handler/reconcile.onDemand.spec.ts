import assert from "node:assert/strict";
import { createMemory } from "../../handler/learn";
import { INTERFACES_LOOK, LOOK, summary, useReconcile } from "./reconcileHarness";
import { createSmallEc2, type SmallEc2, type SmallEc2Parts, serviceError } from "./smallEc2";
import {
  freeInterface,
  instance,
  madeAndHeld,
  madeInterface,
  makingOnDemand,
  MADE_POOL,
} from "./builders";

const CREATE = "create in subnet-a for i-a/of/second";
const ATTACH = "attach eni-51 to i-a at 0/1";
const END = "modify attach-new-eni-51";
const COMPLETE = "complete network-interface-pool-launch of i-a in workers: CONTINUE";

const launch: SmallEc2Parts = {
  instances: [instance("i-a", { poolTag: MADE_POOL })],
  members: { "i-a": "Pending:Wait" },
  groupTag: MADE_POOL,
};

/** Throws an error at calls that begin like this, so many times. */
function refusing(start: string, error: Error, times = Infinity): SmallEc2Parts["before"] {
  let left = times;
  return (call) => {
    if (!call.startsWith(start) || left === 0) return;
    left -= 1;
    throw error;
  };
}

describe("reconcilePools, with interfaces made on demand", () => {
  const { clock, reconcile } = useReconcile();
  const chosen = makingOnDemand();

  it("makes one for a launch, attaches it, lets it end with the instance, and goes on", async () => {
    const { steps, pauses, lines, summaries } = await reconcile(launch, { chosen });
    const attached = [INTERFACES_LOOK, INTERFACES_LOOK, COMPLETE, END];
    assert.deepEqual(steps, [LOOK, CREATE, LOOK, ATTACH, ...attached]);
    assert.deepEqual(pauses, [1000, 1500, 1500]);
    assert.deepEqual(lines, [
      "info: create an interface in subnet-a for i-a: instanceHasNone",
      "info: attach 10.0.0.51 to i-a: instanceWaits",
      "info: 10.0.0.51 is attaching to i-a",
      "info: CONTINUE network-interface-pool-launch of i-a: addressAttached",
      "info: let 10.0.0.51 end with i-a: madeForIt",
      "info: settled",
    ]);
    const counts = { create: 1, attach: 1, endWithInstance: 1, complete: 1 };
    assert.deepEqual(summaries, [summary({ looks: 4, ...counts })]);
  });

  it("has nothing more to do when it looks again", async () => {
    const region = createSmallEc2(launch);
    await reconcile(region, { chosen });
    region.calls.length = 0;
    region.members.set("i-a", "InService");
    assert.deepEqual((await reconcile(region, { chosen })).steps, [LOOK]);
  });

  it("makes no other one while it watches something else", async () => {
    const { changes } = await reconcile(
      {
        interfaces: [madeAndHeld(1, "i-a", { deleteOnTermination: false }), freeInterface(2)],
        instances: [instance("i-a", { poolTag: MADE_POOL }), instance("i-b")],
      },
      { chosen },
    );
    assert.deepEqual(changes, ["attach eni-2 to i-b at 0/1", "modify attach-1"]);
  });

  it("makes no other one where it may not let it end with the instance", async () => {
    const before = refusing("modify ", serviceError("UnauthorizedOperation", "no"));
    const { changes, summaries } = await reconcile({ ...launch, before }, { chosen });
    assert.deepEqual(changes, [CREATE, ATTACH, COMPLETE, END, END]);
    const counts = { create: 1, attach: 1, complete: 1, refused: 2 };
    assert.deepEqual(summaries, [summary({ looks: 6, ...counts })]);
  });

  it("tries again when an answer was lost, and makes no second one", async () => {
    const region = createSmallEc2(launch);
    const { aws } = region;
    let lost = 1;
    const losing: typeof aws = {
      ...aws,
      createNetworkInterface: async (input) => {
        const made = await aws.createNetworkInterface(input);
        // The reads don't show it yet, either.
        if (lost > 0) region.interfaces = [];
        lost -= 1;
        if (lost >= 0) throw serviceError("TimeoutError", "no answer");
        region.interfaces = [madeInterface(51, "i-a")];
        return made;
      },
    };
    const { changes } = await reconcile(Object.assign(region, { aws: losing }), { chosen });
    assert.deepEqual(changes, [CREATE, CREATE, ATTACH, COMPLETE, END]);
    assert.equal(region.interfaces.length, 1);
  });

  describe("that watches an attachment by the interfaces alone", () => {
    const watching = {
      interfaces: [freeInterface(1), madeAndHeld(51, "i-b")],
      instances: [instance("i-a"), instance("i-b", { poolTag: MADE_POOL })],
    };
    const looks = [LOOK, "attach eni-1 to i-a at 0/1", INTERFACES_LOOK, LOOK];

    it("makes none without a look at everything", async () => {
      let reads = 0;
      const before = (call: string, region: SmallEc2): undefined => {
        if (call.startsWith("interfaces ")) reads += 1;
        if (reads === 2) region.interfaces = region.interfaces.slice(0, 1);
      };
      const { steps } = await reconcile({ ...watching, before }, { chosen });
      assert.deepEqual(steps.slice(0, 5), [...looks, "create in subnet-a for i-b/of/second"]);
    });

    it("deletes none without a look at everything", async () => {
      const memory = createMemory();
      memory.firstSeenMs.set("unused/eni-52", clock.nowMs - 59_000);
      const interfaces = [...watching.interfaces, madeInterface(52, "i-gone")];
      const { steps, lines } = await reconcile({ ...watching, interfaces }, { chosen, memory });
      assert.deepEqual(steps.slice(0, 5), [...looks, "delete eni-52"]);
      assert.ok(lines.includes("info: delete 10.0.0.52: unused"));
    });
  });

  it("leaves it to a person when the subnet is full", async () => {
    const full = serviceError("InsufficientFreeAddressesInSubnet", "The subnet is full.");
    const { changes, lines } = await reconcile(
      { ...launch, before: refusing("create ", full) },
      { chosen },
    );
    assert.deepEqual(changes, [CREATE]);
    assert.deepEqual(lines, [
      "warn: create an interface in subnet-a for i-a: instanceHasNone: refused: InsufficientFreeAddressesInSubnet: The subnet is full.",
      "info: i-a has no address: EC2 refused: InsufficientFreeAddressesInSubnet: The subnet is full.",
      "info: settled",
    ]);
  });

  it("takes another token when the first was used otherwise", async () => {
    const other = serviceError("IdempotentParameterMismatch", "other parameters");
    const before = refusing("create ", other, 1);
    const { changes } = await reconcile({ ...launch, before }, { chosen });
    assert.deepEqual(changes, [CREATE, `${CREATE}/1`, ATTACH, COMPLETE, END]);
  });

  it("makes another one when what was made isn't found for the second time", async () => {
    const gone = serviceError("InvalidNetworkInterfaceID.NotFound", "gone");
    const region = createSmallEc2({
      ...launch,
      before: (call) => {
        if (!call.startsWith("attach eni-51 ")) return;
        region.interfaces = [];
        throw gone;
      },
    });
    const { changes, pauses } = await reconcile(region, { chosen });
    const again = [
      `${CREATE}/1`,
      "attach eni-52 to i-a at 0/1",
      COMPLETE,
      "modify attach-new-eni-52",
    ];
    // A read showed it before it went, so that its token is asked once more.
    assert.deepEqual(changes, [CREATE, ATTACH, CREATE, ATTACH, ...again]);
    assert.deepEqual(pauses, [1000, 300, 1000, 1000, 1000, 300, 1000, 1500, 1500]);
  });

  it("makes no other one when what was just made is found a little later", async () => {
    const early = serviceError("InvalidNetworkInterfaceID.NotFound", "not yet");
    const before = refusing("attach ", early, 1);
    const { changes } = await reconcile({ ...launch, before }, { chosen });
    assert.deepEqual(changes, [CREATE, ATTACH, ATTACH, COMPLETE, END]);
  });

  describe("that nobody uses", () => {
    const leak = () =>
      createSmallEc2({ interfaces: [madeInterface(1, "i-gone"), freeInterface(2)] });

    it("deletes it when it has seen it unused for 60 s, and not at the first sight", async () => {
      const region = leak();
      const memory = createMemory();
      const changesByReconcile: string[][] = [];
      for (const afterMs of [0, 59_999, 1, 60_000]) {
        clock.nowMs += afterMs;
        region.calls.length = 0;
        changesByReconcile.push((await reconcile(region, { chosen, memory })).changes);
      }
      assert.deepEqual(changesByReconcile, [[], [], ["delete eni-1"], []]);
      assert.deepEqual(
        region.interfaces.map(({ networkInterfaceId }) => networkInterfaceId),
        ["eni-2"],
      );
    });

    it("deletes it as a process that has just begun only when that has seen it for 60 s", async () => {
      const region = leak();
      for (const afterMs of [0, 600_000]) {
        clock.nowMs += afterMs;
        assert.deepEqual((await reconcile(region, { chosen })).changes, []);
      }
    });

    it("deletes it once while reads still show it", async () => {
      const region = leak();
      const memory = createMemory();
      await reconcile(region, { chosen, memory });
      clock.nowMs += 60_000;
      const { changes, steps } = await reconcile(
        createSmallEc2({
          interfaces: [madeInterface(1, "i-gone"), madeInterface(3, "i-a")],
          instances: [instance("i-a", { poolTag: MADE_POOL })],
          before: (call, { calls, interfaces }) => {
            const isRead = call.startsWith("interfaces by ") && calls.includes("delete eni-1");
            if (isRead && interfaces.length === 1) interfaces.push(madeInterface(1, "i-gone"));
            return undefined;
          },
        }),
        { chosen, memory },
      );
      assert.deepEqual(changes, [
        "attach eni-3 to i-a at 0/1",
        "delete eni-1",
        "modify attach-new-eni-3",
      ]);
      assert.ok(steps.length > 4);
    });
  });
});
