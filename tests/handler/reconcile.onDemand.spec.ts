import assert from "node:assert/strict";
import { createMemory } from "../../handler/reconcile";
import { madeAndHeld, madeInterface } from "./builders";
import { beforeRead, FULL_READ, readOf, refusing, summary, useReconcile } from "./reconcileHarness";
import { ec2Of, serviceError, type SmallEc2 } from "./smallEc2";

const CREATE = "create in subnet-a for i-a/of/second";
const ATTACH = "attach eni-51 to i-a at 0/1";
const END = "modify attach-new-eni-51";
const COMPLETE = "complete network-interface-pool-launch of i-a in workers: CONTINUE";

const LAUNCH = "pool second on demand in a    i-a running, tag second, Pending:Wait";

/** So many reads of the interfaces don't show what was made. */
function hiding(region: SmallEc2, reads: number): SmallEc2 {
  const aws = { ...region.aws };
  let left = reads;
  region.aws.describeNetworkInterfaces = async (filters) => {
    const all = await aws.describeNetworkInterfaces(filters);
    left -= 1;
    return left < 0 ? all : all.filter((one) => Number(one.NetworkInterfaceId?.slice(4)) < 51);
  };
  return region;
}

describe("reconcilePools, with interfaces made on demand", () => {
  const { clock, reconcile } = useReconcile();

  it("makes one for a launch, attaches it, lets it end with the instance, and goes on", async () => {
    const region = ec2Of(LAUNCH);
    const { steps, pauses, lines, summaries } = await reconcile(region);
    const attached = [readOf("eni-51"), readOf("eni-51"), COMPLETE, END];
    // It is attached straight from the answer of its creation.
    assert.deepEqual(steps, [FULL_READ, CREATE, ATTACH, ...attached]);
    assert.deepEqual(pauses, [0, 2000, 1500]);
    assert.deepEqual(lines, [
      "info: create an interface in subnet-a for i-a: instanceHasNone",
      "info: attach 10.0.0.51 to i-a: instanceWaits",
      "info: 10.0.0.51 is attaching to i-a",
      "info: CONTINUE network-interface-pool-launch of i-a: addressAttached",
      "info: let 10.0.0.51 end with i-a: madeForIt",
      "info: settled",
    ]);
    const counts = { create: 1, attach: 1, endWithInstance: 1, complete: 1 };
    assert.deepEqual(summaries, [summary({ rounds: 4, ...counts })]);
    region.members.set("i-a", "InService");
    assert.deepEqual((await reconcile(region)).steps, [FULL_READ]);
  });

  it("attaches what isn't ready yet as soon as it is, while another is attaching", async () => {
    const { timeline } = await reconcile(
      `pool second on demand in a    eni-1 pending, pool second, made for i-a    eni-2 on i-b, attaching
       i-a running, tag second       i-b running`,
      {
        before: beforeRead(3, ({ interfaces: [one] }) =>
          Object.assign(one ?? {}, { status: "available" }),
        ),
      },
    );
    assert.equal(timeline[0], "0.6 s: attach eni-1 to i-a at 0/1");
  });

  it("lets one end with its instance once, though reads lag, and makes no other one", async () => {
    const { changes } = await reconcile(
      `pool second on demand in a    eni-1 on i-a, pool second, made for i-a    eni-2 free
       i-a running, tag second       i-b running`,
      {
        before: (_call, { interfaces: [one] }) => {
          Object.assign(one?.attachment ?? {}, { deleteOnTermination: false });
        },
      },
    );
    assert.deepEqual(changes, ["attach eni-2 to i-b at 0/1", "modify attach-1"]);
  });

  it("makes no other one where it may not let it end with the instance", async () => {
    const before = refusing("modify ", serviceError("UnauthorizedOperation", "no"));
    const { changes, summaries } = await reconcile(LAUNCH, { before });
    assert.deepEqual(changes, [CREATE, ATTACH, COMPLETE, END, END, END]);
    const counts = { create: 1, attach: 1, complete: 1, refused: 3 };
    assert.deepEqual(summaries, [summary({ rounds: 9, ...counts })]);
  });

  it("leaves it to a person when the subnet is full", async () => {
    const full = serviceError("InsufficientFreeAddressesInSubnet", "The subnet is full.");
    const { changes, lines } = await reconcile(LAUNCH, { before: refusing("create ", full) });
    assert.deepEqual(changes, [CREATE]);
    const why = "InsufficientFreeAddressesInSubnet: The subnet is full.";
    assert.deepEqual(lines, [
      `warn: create an interface in subnet-a for i-a: instanceHasNone: refused: ${why}`,
      `warn: i-a has no address: EC2 refused: ${why}`,
      "info: settled",
    ]);
  });

  describe("while it watches an attachment by the interfaces alone", () => {
    const world = `pool second on demand in a    eni-1 free    eni-51 on i-b, pool second, made for i-b, ends with it
      i-a running    i-b running, tag second`;
    const looks = [FULL_READ, "attach eni-1 to i-a at 0/1", readOf("eni-1"), FULL_READ];

    it("makes none without a full read", async () => {
      const before = beforeRead(2, ({ interfaces }) => interfaces.pop());
      const made = "eni-51 on i-b, pool second, made for i-b, ends with it, attaching";
      const { steps } = await reconcile(
        `pool second on demand in a    ${made}    i-b running, tag second`,
        { before },
      );
      const reads = [FULL_READ, readOf("eni-51"), FULL_READ];
      assert.deepEqual(steps.slice(0, 4), [...reads, "create in subnet-a for i-b/of/second"]);
    });

    it("deletes none without a full read", async () => {
      const memory = createMemory();
      const unused = "eni-52 free, pool second, made for i-gone";
      await reconcile(`pool second on demand in a    ${unused}`, { memory });
      clock.nowMs += 59_000;
      const { steps, lines } = await reconcile(`${world}    ${unused}`, { memory });
      assert.deepEqual(steps.slice(0, 5), [...looks, "delete eni-52"]);
      assert.ok(lines.includes("info: delete 10.0.0.52: unused"));
    });
  });

  it("deletes once what nobody uses, while reads still show it", async () => {
    const memory = createMemory();
    const unused = "pool second on demand in a    eni-1 free, pool second, made for i-gone";
    await reconcile(unused, { memory });
    clock.nowMs += 60_000;
    const { changes } = await reconcile(
      `${unused}    eni-3 free, pool second, made for i-a    i-a running, tag second`,
      {
        memory,
        before: (call, { calls, interfaces }) => {
          const isRead = call.startsWith("interfaces by ") && calls.includes("delete eni-1");
          if (isRead && interfaces.length === 1) interfaces.push(madeInterface(1, "i-gone"));
        },
      },
    );
    const attached = ["attach eni-3 to i-a at 0/1", "delete eni-1", "modify attach-new-eni-3"];
    assert.deepEqual(changes, attached);
  });

  describe("that no read shows yet", () => {
    it("attaches what was made, for its own instance, and waits until that shows", async () => {
      const { timeline, lines } = await reconcile(hiding(ec2Of(LAUNCH), 4));
      assert.deepEqual(timeline, [
        ...[`0 s: ${CREATE}`, `0 s: ${ATTACH}`],
        ...[`6.5 s: ${COMPLETE}`, `6.5 s: ${END}`],
      ]);
      assert.equal(lines[1], "info: attach 10.0.0.51 to i-a: instanceWaits");
    });

    it("does so though EC2's answer tells no address of it", async () => {
      const region = hiding(ec2Of(LAUNCH), 99);
      const aws = { ...region.aws };
      region.aws.createNetworkInterface = async (input) => {
        await aws.createNetworkInterface(input);
        return { NetworkInterfaceId: "eni-51" };
      };
      const { lines } = await reconcile(region, { invocationMs: 3_100 });
      assert.equal(lines[1], "info: attach  to i-a: instanceWaits");
    });

    it("makes another after half a minute, by a token of its own", async () => {
      const { timeline } = await reconcile(hiding(ec2Of(LAUNCH), 99));
      assert.deepEqual(timeline.slice(0, 3), [
        `0 s: ${CREATE}`,
        `0 s: ${ATTACH}`,
        `30.7 s: ${CREATE}/1`,
      ]);
    });

    it("asks for it no more in the next reconcile", async () => {
      const memory = createMemory();
      const region = hiding(ec2Of(LAUNCH), 99);
      const first = await reconcile(region, { memory, invocationMs: 2_100 });
      const second = await reconcile(region, { memory, invocationMs: 2_100 });
      assert.deepEqual([first.changes, second.changes], [[CREATE, ATTACH], []]);
    });

    for (const answer of [serviceError("IncompleteAnswer"), {}]) {
      it(`asks for it again by the same token, and backs off, when EC2's answer is ${JSON.stringify(answer)}`, async () => {
        const region = ec2Of(LAUNCH);
        const aws = { ...region.aws };
        region.aws.createNetworkInterface = async (input) => {
          await aws.createNetworkInterface(input);
          Object.assign(region, { aws, interfaces: [] });
          if (answer instanceof Error) throw answer;
          return answer;
        };
        const { timeline } = await reconcile(region, { invocationMs: 3_100 });
        assert.deepEqual(
          timeline,
          [0, 0.3, 0.9].map((second) => `${second} s: ${CREATE}`),
        );
      });
    }

    it("tries again when an answer was lost, and makes no second one", async () => {
      const region = ec2Of(LAUNCH);
      const aws = { ...region.aws };
      let lost = 1;
      region.aws.createNetworkInterface = async (input) => {
        const made = await aws.createNetworkInterface(input);
        // The reads don't show it yet, either.
        region.interfaces = lost > 0 ? [] : [madeInterface(51, "i-a")];
        lost -= 1;
        if (lost >= 0) throw serviceError("TimeoutError", "no answer");
        return made;
      };
      assert.deepEqual((await reconcile(region)).changes, [CREATE, CREATE, ATTACH, COMPLETE, END]);
      assert.equal(region.interfaces.length, 1);
    });
  });

  describe("takes another token", () => {
    const other = serviceError("IdempotentParameterMismatch", "other parameters");
    const gone = serviceError("InvalidNetworkInterfaceID.NotFound", "gone");

    it("when the first was used otherwise, each time anew, and as long as the process lives", async () => {
      const memory = createMemory();
      const world = `${LAUNCH}    i-b running, tag second`;
      const before = refusing("create in subnet-a for i-a/", other, 2);
      const { changes } = await reconcile(world, { memory, before });
      const creates = changes.filter((one) => one.startsWith("create "));
      const isB = "create in subnet-a for i-b/of/second";
      assert.deepEqual(creates, [CREATE, isB, `${CREATE}/1`, `${CREATE}/2`]);
      const again = await reconcile(world, { memory, invocationMs: 2_100 });
      assert.deepEqual(again.changes.slice(0, 2), [`${CREATE}/3`, `${isB}/1`]);
    });

    it("when what was made isn't found for the second time", async () => {
      const before = refusing("attach eni-51 ", gone);
      const { changes } = await reconcile(hiding(ec2Of(LAUNCH, { before }), 99));
      assert.deepEqual(changes.slice(0, 5), [
        ...[CREATE, ATTACH, ATTACH],
        ...[`${CREATE}/1`, "attach eni-52 to i-a at 0/1"],
      ]);
    });

    it("when a read showed it before it went", async () => {
      const region = ec2Of(LAUNCH, {
        before: (call, ec2) => {
          if (!call.startsWith("attach eni-51 ")) return;
          ec2.interfaces = [];
          throw gone;
        },
      });
      const { changes, pauses } = await reconcile(region);
      const again = [`${CREATE}/1`, "attach eni-52 to i-a at 0/1", COMPLETE];
      assert.deepEqual(changes.slice(0, 6), [CREATE, ATTACH, ATTACH, ...again]);
      // A refused interface rests for 1.5 s the first time.
      assert.deepEqual(pauses, [0, 300, 1200, 300, 0, 2000, 1500]);
    });

    // The own attachment counts for half a minute, but for what is of this pool alone.
    for (const [what, second, shown] of [
      [
        "is on another instance, put there by hand",
        30.7,
        madeAndHeld(51, "i-b", {}, { madeFor: "i-a" }),
      ],
      ["is of another pool", 2, madeInterface(51, "i-a", { pool: "render" })],
      ["is another's by its tag", 30.7, madeInterface(51, "i-b")],
    ] as const) {
      it(`when what was made ${what}`, async () => {
        const { timeline } = await reconcile(`${LAUNCH}    i-b stopped, tag second`, {
          before: beforeRead(2, (region) => (region.interfaces = [shown])),
        });
        const first = [`0 s: ${CREATE}`, `0 s: ${ATTACH}`];
        assert.deepEqual(timeline.slice(0, 3), [...first, `${second} s: ${CREATE}/1`]);
      });
    }

    it("when what was made was on its own instance before it went", async () => {
      const memory = createMemory();
      const region = hiding(ec2Of(LAUNCH), 4);
      await reconcile(region, { memory });
      region.interfaces = [];
      const { changes } = await reconcile(region, { memory, invocationMs: 2_100 });
      assert.deepEqual(changes, [`${CREATE}/1`, "attach eni-52 to i-a at 0/1"]);
    });
  });

  describe("takes no other token", () => {
    it("when what was just made is found a little later", async () => {
      const early = serviceError("InvalidNetworkInterfaceID.NotFound", "not yet");
      const { changes } = await reconcile(LAUNCH, { before: refusing("attach ", early, 1) });
      assert.deepEqual(changes, [CREATE, ATTACH, ATTACH, COMPLETE, END]);
    });

    it("when what a read shows isn't found, however often", async () => {
      const gone = serviceError("InvalidNetworkInterfaceID.NotFound", "gone");
      const world = `${LAUNCH}    eni-51 free, pool second, made for i-a`;
      const { changes } = await reconcile(world, { before: refusing("attach ", gone, 3) });
      assert.deepEqual(changes, [ATTACH, ATTACH, ATTACH, ATTACH, COMPLETE, END]);
    });

    it("when what no read shows is refused for another reason, however often", async () => {
      const busy = serviceError("InvalidNetworkInterface.InUse", "in use");
      const region = ec2Of(LAUNCH, { before: refusing("attach ", busy, 2) });
      const { changes } = await reconcile(hiding(region, 12));
      assert.deepEqual(changes, [CREATE, ATTACH, ATTACH, ATTACH, COMPLETE, END]);
    });

    it("when it is refused for another reason", async () => {
      const busy = serviceError("RequestLimitExceeded", "busy");
      const { changes } = await reconcile(LAUNCH, { before: refusing("create ", busy, 2) });
      assert.deepEqual(changes, [CREATE, CREATE, CREATE, ATTACH, COMPLETE, END]);
    });
  });
});
