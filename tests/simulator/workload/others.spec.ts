import assert from "node:assert/strict";
import { Chance } from "../../../simulator/workload/chance";
import { operate } from "../../../simulator/workload/operations";
import { othersOperations } from "../../../simulator/workload/others";
import { Random } from "../../../simulator/runtime/random";
import type { Region } from "../../../simulator/aws/region";
import { findUnmet } from "../../../simulator/checkers/liveness";
import type { Instance } from "../../../simulator/aws/ec2/state";
import { deploy, type StageOptions, withStage } from "../stage";

const pools = [{ name: "cluster", size: 4, group: { desiredCapacity: 1, maxSize: 3 } }];

interface Played {
  region: Region;
  chance: Chance;
  /** Has others do something by its name; gives what the journal would say of it. */
  play: (name: string) => string;
}

/** A Region without a manager, in which a group's only member is in service. */
async function withOthers(test: (played: Played) => unknown, options: StageOptions = {}) {
  const deployment = await deploy(pools);
  const handler = "exports.handler = async () => undefined;";
  const archive = new Map([...deployment.archive, ["__index.js", handler] as const]);
  await withStage({ deployment: { ...deployment, archive }, ...options }, async ({ region }) => {
    const chance = new Chance(region, new Random(1));
    await region.run(400);
    const play = (name: string) =>
      othersOperations[name]?.(chance) ?? assert.fail(`${name} isn't possible`);
    await test({ region, chance, play });
  });
}

const newOnes = ({ ec2 }: Region, before: Set<Instance>) =>
  [...ec2.instances.values()].filter((one) => !before.has(one));

const instancesOf = ({ ec2 }: Region) => new Set(ec2.instances.values());

/** A member that runs, whatever its group makes of it. */
const memberOf = ({ chance }: Played) => chance.instance("running") ?? assert.fail("nobody runs");

describe("what others do in the account of a history", () => {
  it("is to start strangers, 3 to 12 at a time, which end within a minute", () =>
    withOthers(async ({ region, play }) => {
      const before = instancesOf(region);
      const count = Number.parseInt(play("strangers start"), 10);
      await region.run(10);
      const strangers = newOnes(region, before).filter(({ tags }) => !(region.tagKey in tags));
      assert.equal(strangers.length, count);
      assert.ok(count >= 3 && count <= 12);
      await region.run(170);
      assert.ok(strangers.every(({ state }) => state === "terminated"));
    }));

  it("is to start instances of another stack, which get interfaces of its own, again and again", () =>
    withOthers(async ({ region, chance, play }) => {
      for (let time = 0; time < 2; time += 1) {
        const before = instancesOf(region);
        assert.equal(play("another stack starts"), "3 instances");
        await region.run(27);
        const tags = { [region.tagKey]: "elsewhere" };
        const started = newOnes(region, before).filter(
          (one) => one.tags[region.tagKey] === "elsewhere",
        );
        assert.deepEqual(
          started.map((one) => one.tags),
          [tags, tags, tags],
        );
        for (const { id } of started) {
          const own = region.ec2.interfacesOf(id).find((one) => one.attachment?.deviceIndex === 1);
          assert.deepEqual([own?.tags, own?.attachment?.status], [tags, "attached"]);
        }
        const unmet = findUnmet(region).map(({ text }) => text);
        assert.ok(!started.some(({ id }) => unmet.some((text) => text.includes(id))));
        assert.ok(!chance.interfaces.some(({ id }) => id.startsWith("eni-elsewhere")));
        await region.run(400);
        assert.ok(started.every(({ state }) => state === "terminated"));
      }
    }));

  it("is to lend an interface to another account's instance, which gives it back whatever became of it", () =>
    withOthers(async ({ region, play }) => {
      const text = play("lend to another account");
      const [, address, holderId] = /^(\S+) to (i-\w+)$/.exec(text) ?? assert.fail(text);
      const lent =
        [...region.ec2.interfaces.values()].find((one) => one.address === address) ?? assert.fail();
      const statusOf = () => {
        const { instanceId, instanceOwnerId, status } = lent.attachment ?? {};
        return [instanceId, instanceOwnerId, status];
      };
      const owner = region.ec2.instances.get(holderId ?? "")?.ownerId ?? assert.fail();
      await region.run(9);
      assert.deepEqual(statusOf(), [holderId, owner, "attached"]);
      // It may be on its way for ever.
      if (lent.attachment) lent.attachment.status = "attaching";
      await region.run(250);
      assert.equal(lent.attachment, undefined);
      await region.run(120);
      assert.equal(region.ec2.instances.get(holderId ?? "")?.state, "terminated");
    }));

  it("is to copy all tags of an instance but AWS's own to its primary interface, for a while", () =>
    withOthers(async (played) => {
      const { region, play } = played;
      const { id, tags } = memberOf(played);
      for (const other of region.ec2.instances.values()) {
        if (other.id !== id) region.ec2.setTags(other, {});
      }
      assert.ok("aws:autoscaling:groupName" in tags);
      assert.equal(play("copy the tags of"), `${id} to its primary interface`);
      const [primary = assert.fail()] = region.ec2.interfacesOf(id);
      assert.equal(primary.tags[region.tagKey], "cluster");
      assert.ok(!("aws:autoscaling:groupName" in primary.tags));
      assert.throws(() => play("copy the tags of"), /isn't possible/);
      assert.ok(!played.chance.interfaces.includes(primary));
      await region.run(121);
      assert.ok(!(region.tagKey in primary.tags));
    }));

  it("is to give a group a hook of theirs for a while, and to let go whom it holds", () =>
    withOthers(async ({ region, chance, play }) => {
      const [group = assert.fail()] = chance.groups;
      const isOthers = ({ name }: { name: string }) => name === "drain";
      const held = new Map<string, number>();
      region.autoScaling.onTouch(() => {
        for (const { instance, waiting } of group.members.values()) {
          const has = waiting?.actions.some(({ hook }) => isOthers(hook)) === true;
          if (has && !held.has(instance.id)) held.set(instance.id, region.seconds);
        }
      });
      const transitions = new Set<string>();
      for (let time = 0; time < 8; time += 1) {
        transitions.add(play("give a hook of others to").split(", ")[1] ?? "");
        assert.throws(() => play("give a hook of others to"), /isn't possible/);
        assert.equal(group.hooks.filter(isOthers).length, 1);
        for (const desiredCapacity of [3, 1]) {
          region.autoScaling.setDesiredCapacity(group.name, desiredCapacity);
          await region.run(25);
        }
        await region.run(300);
        assert.equal(group.hooks.filter(isOthers).length, 0);
        const waiting = [...group.members.values()].flatMap((one) => one.waiting?.actions ?? []);
        assert.ok(!waiting.some(({ hook }) => isOthers(hook)));
      }
      assert.equal(transitions.size, 2);
      assert.ok(held.size > 4, `${held.size}`);
    }));

  it("is to launch an instance by hand and to tag it within a minute, if it is still there", () =>
    withOthers(async ({ region, chance, play }) => {
      const text = play("launch by hand and tag later");
      const [instance = assert.fail()] = chance.standalone;
      assert.equal(text, `${instance.id} for cluster`);
      assert.deepEqual(instance.tags, {});
      await region.run(60);
      assert.deepEqual(instance.tags, { [region.tagKey]: "cluster" });
      play("launch by hand and tag later");
      const [, second = assert.fail()] = chance.standalone;
      region.ec2.terminateInstance(second.id);
      await region.run(60);
      assert.deepEqual(second.tags, {});
      assert.throws(() => play("launch by hand and tag later"), /isn't possible/);
    }));

  it("is all done in the course of a history", () =>
    withOthers(async ({ region, chance }) => {
      for (let step = 0; step < 150; step += 1) {
        operate(chance);
        await region.run(10);
      }
      const texts = region.journal.entries
        .filter(({ source }) => source === "operator")
        .map(({ text }) => text);
      const isDone = (name: string) => texts.some((text) => text.startsWith(`${name}: `));
      assert.deepEqual(
        Object.keys(othersOperations).filter((name) => !isDone(name)),
        [],
      );
    }));
});
