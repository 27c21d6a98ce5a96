import assert from "node:assert/strict";
import type { Deployment } from "../../../simulator/deploy/engine";
import { bytesOf, readingMs } from "../../../simulator/runtime/responseCost";
import { Sandbox } from "../../../simulator/runtime/sandbox";
import { addGroup, addInterfaces, type CallStage, withCalls } from "../aws/calls";
import { withInputs } from "../aws/policyDocuments";
import { createServices, exactTimings, passQuickly, START_MS } from "../aws/services";

const list = (length: number) => Array.from({ length }, () => ({}));

describe("bytesOf", () => {
  const sizes: [words: string, content: object, bytes: number][] = [
    ["6 kB an instance", { reservationSet: { item: list(3) } }, 18_000],
    ["1.8 kB an interface", { networkInterfaceSet: { item: list(3) } }, 5_400],
    [
      "0.6 kB a member of each group",
      { AutoScalingGroups: { member: [2, 1].map((n) => ({ Instances: { member: list(n) } })) } },
      1_800,
    ],
    ["0.6 kB a member of a warm pool", { Instances: { member: list(3) } }, 1_800],
    ["nothing for what is small", { attachmentId: "eni-attach-1" }, 0],
    ["nothing for empty lists", { reservationSet: { item: [] } }, 0],
  ];
  for (const [words, content, bytes] of sizes) {
    it(`is ${words}`, () => {
      assert.equal(bytesOf(content), bytes);
    });
  }
});

describe("readingMs", () => {
  const bytesOfEach = 8_400;
  const costs: [count: number, memoryMb: number, ms: number][] = [
    [1_000, 512, 2_073],
    [1_000, 1_769, 600],
    [1_000, 3_538, 600],
    [10_000, 512, 20_730],
    [10_000, 1_769, 6_000],
    [0, 512, 0],
  ];
  for (const [count, memoryMb, ms] of costs) {
    it(`is ${ms} ms for ${count} instances, interfaces and members each at ${memoryMb} MB`, () => {
      assert.equal(readingMs(count * bytesOfEach, memoryMb), ms);
    });
  }
});

describe("a process that computes", () => {
  it("takes what else reaches it, answers and timers, one after the other when it is done", async () => {
    const services = createServices();
    const program = 'exports.start = (done) => setTimeout(done, 20, "timer");';
    const archive = new Map([["program.js", program]]);
    const sandbox = new Sandbox(archive, { ...services, environment: {}, print: () => undefined });
    const reached: string[] = [];
    const reach = (what: string) => reached.push(`${what} at ${services.clock.nowMs - START_MS}`);
    (sandbox.load("program") as { start: (done: typeof reach) => void }).start(reach);
    sandbox.resume(() => reach("first"), 100);
    sandbox.resume(() => reach("second"), 50);
    await passQuickly(services, 1_000);
    assert.deepEqual(reached, ["first at 100", "second at 150", "timer at 150"]);
  });
});

describe("a look at a Region with the cost of responses", () => {
  const withMemory = (memorySize: number) => (deployment: Deployment) =>
    withInputs(deployment, "aws:lambda/function:Function", { memorySize });

  /** Adds instances of one group, and interfaces, all found by the same tag. */
  async function fill({ region }: CallStage, instances: number, interfaces: number): Promise<void> {
    const sizes = { minSize: 0, maxSize: instances, desiredCapacity: instances };
    addGroup({ region }, "web", { ...sizes, propagatedTags: { page: "" } });
    addInterfaces({ region }, interfaces);
    await region.run(2);
  }

  /** How long the function, once started, reads all there is, in milliseconds of virtual time. */
  async function lookMs({ region, callTogether }: CallStage): Promise<number> {
    const filters = [{ Name: "tag-key", Values: ["page"] }];
    const fromMs = region.clock.nowMs + exactTimings.coldStart[0];
    const { error } = await callTogether([
      ["describeNetworkInterfaces", filters],
      ["describeInstances", filters],
      ["describeAutoScalingGroups", { Filters: filters }],
    ]);
    assert.equal(error, undefined);
    return region.clock.nowMs - fromMs;
  }
  const [callMs] = exactTimings.readCall;

  for (const clients of ["bundle", "inProcess"] as const) {
    for (const [memoryMb, ms] of [
      [512, 2_073],
      [1_769, 601],
    ] as const) {
      it(`takes ${ms} ms for 1,000 of each at ${memoryMb} MB, by the clients of the ${clients}`, () =>
        withCalls(
          async (stage) => {
            await fill(stage, 1_000, 1_000);
            assert.equal(await lookMs(stage), callMs + ms);
          },
          { clients, responseCost: true, change: withMemory(memoryMb) },
        ));
    }
  }

  it("takes its time page by page", () =>
    withCalls(
      async (stage) => {
        await fill(stage, 0, 10_000);
        assert.equal(await lookMs(stage), 10 * (callMs + 444));
      },
      { clients: "inProcess", responseCost: true, change: withMemory(512) },
    ));

  it("takes no time to read unless a run asks for it", () =>
    withCalls(
      async (stage) => {
        await fill(stage, 1_000, 1_000);
        assert.equal(await lookMs(stage), callMs);
      },
      { clients: "inProcess" },
    ));
});
