import assert from "node:assert/strict";
import { makeNoise } from "../../../simulator/workload/noise";
import type { Region } from "../../../simulator/aws/region";
import { withStage } from "../stage";

/** A pool of which nobody wants an address, so that all instances are noise. */
const pools = [{ name: "alone", size: 1 }];
const options = {
  seed: 1,
  count: 40,
  seconds: 20,
  burstSize: 8,
  lifeMs: [30_000, 50_000],
} as const;

const startsOf = ({ ec2 }: Region, originMs: number) =>
  [...ec2.instances.values()].map(({ launchTimeMs }) => launchTimeMs - originMs);

describe("makeNoise", () => {
  it("starts half of the instances one by one, the others in bursts, and none has a tag", () =>
    withStage({ pools }, async ({ region }) => {
      const originMs = region.clock.nowMs;
      makeNoise(region, options);
      await region.run(20);
      const instances = [...region.ec2.instances.values()];
      assert.deepEqual(
        new Set(instances.map(({ tags }) => Object.keys(tags).length)),
        new Set([0]),
      );
      const starts = startsOf(region, originMs);
      const counts = new Map<number, number>();
      for (const atMs of starts) counts.set(atMs, (counts.get(atMs) ?? 0) + 1);
      const steady = Array.from({ length: 20 }, (_, number) => number * 1_000);
      for (const atMs of steady) assert.ok(counts.has(atMs));
      const bursts = [...counts].filter(([atMs]) => !steady.includes(atMs));
      assert.deepEqual(bursts.map(([, count]) => count).sort(), [4, 8, 8]);
      assert.equal(starts.length, 40);
    }));

  it("ends each of them after its time", () =>
    withStage({ pools }, async ({ region }) => {
      makeNoise(region, options);
      const ends: number[] = [];
      region.ec2.onChange((change) => {
        if (change.kind !== "instance" || change.instance.state !== "shutting-down") return;
        ends.push(region.clock.nowMs - change.instance.launchTimeMs);
      });
      await region.run(120);
      assert.equal(ends.length, 40);
      assert.ok(Math.min(...ends) >= 30_000 && Math.max(...ends) <= 50_000);
      assert.ok(new Set(ends).size > 30);
    }));

  it("makes the same of the same seed, whatever else is drawn", async () => {
    const play = (seed: number, regionSeed: number) =>
      withStage({ pools, seed: regionSeed }, async ({ region }) => {
        const originMs = region.clock.nowMs;
        makeNoise(region, { ...options, seed });
        await region.run(20);
        return startsOf(region, originMs);
      });
    assert.deepEqual(await play(1, 1), await play(1, 2));
    assert.notDeepEqual(await play(1, 1), await play(2, 1));
  });

  it("comes to the function in batches of ten at most, one after the other, and is about one read each", () =>
    withStage({ pools }, async ({ region }) => {
      await region.run(2);
      const before = region.journal.entries.length;
      makeNoise(region, { ...options, count: 600, seconds: 1, lifeMs: [100_000, 100_000] });
      await region.run(50);
      const { invocations = [] } = region.lambda ?? {};
      // The program's own invocation has no records.
      const sizes = invocations.flatMap(
        ({ event }) => (event as { Records?: unknown[] }).Records?.length ?? [],
      );
      assert.equal(Math.max(...sizes), 10);
      assert.equal(
        sizes.reduce((sum, size) => sum + size, 0),
        600,
      );
      for (const [index, { beginMs }] of invocations.entries()) {
        assert.ok(beginMs >= (invocations[index - 1]?.endMs ?? 0));
      }
      const calls = region.journal.entries.slice(before).filter(({ source }) => source === "call");
      const byId = calls.filter(({ text }) => text.startsWith("DescribeInstances instance-id=i-"));
      assert.ok(byId.length > 0 && byId.length <= sizes.length, `${byId.length} reads by id`);
      // Where even the newest of a batch is late, a full read shows whatever waits behind it.
      const full = calls.filter(({ text }) => text.endsWith(` tag:${region.tagKey}=alone`));
      assert.ok(full.length > 0 && calls.length === byId.length + full.length);
      assert.ok(calls.length <= sizes.length + 3, `${calls.length} reads`);
    }));

  it("is described by no read that doesn't name it", () =>
    withStage({ pools }, async ({ region }) => {
      makeNoise(region, options);
      await region.run(40);
      const described: string[] = [];
      const interfacesOf = region.ec2.interfacesOf.bind(region.ec2);
      region.ec2.interfacesOf = (id) => {
        described.push(id);
        return interfacesOf(id);
      };
      const read = async (filter: string, value: string) => {
        const body = new URLSearchParams({
          Action: "DescribeInstances",
          Version: "2016-11-15",
          "Filter.1.Name": filter,
          "Filter.1.Value.1": value,
        });
        region.wire.receive(body.toString(), true, () => undefined);
        await region.run(0.2);
      };
      await read("tag-key", region.tagKey);
      assert.deepEqual(described, []);
      const [id = ""] = region.ec2.instances.keys();
      await read("instance-id", id);
      assert.deepEqual(described, [id]);
    }));
});
