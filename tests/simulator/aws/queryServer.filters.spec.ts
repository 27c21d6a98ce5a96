import assert from "node:assert/strict";
import type { Fault } from "../../../simulator/faults";
import { addGroup, type CallStage, filteredBy, interfaceOf, withCalls } from "./calls";
import { subnet } from "./services";
import { striking } from "../striking";

const inProcess = { clients: "inProcess" } as const;

const names = {
  describeInstances: "InstanceId",
  describeNetworkInterfaces: "NetworkInterfaceId",
  describeAutoScalingGroups: "AutoScalingGroupName",
} as const;

/** The ids that a describe call shows, by filters like `tag:a=1,2`. */
async function idsBy({ call }: CallStage, name: keyof typeof names, ...filters: string[]) {
  const asked = filters.map((filter) => {
    const [Name = "", values = ""] = filter.split("=");
    return { Name, Values: values.split(",") };
  });
  const { answer, error } = await call(name, filteredBy(name, asked));
  if (error !== undefined) return error;
  return (answer as Record<string, string>[]).map((shown) => shown[names[name]]).sort();
}

/** What a filter by the tag `a` finds among these: the resources of each by their number. */
const TAGS = [{ a: "1" }, { a: "2", b: "1" }, { a: "3" }, { b: "1" }, { a: "1", b: "2" }];
const finds: Record<string, number[]> = {
  "tag:a=1": [0, 4],
  "tag:a=1,2,4": [0, 1, 4],
  "tag:a=12": [],
  "tag:A=1": [],
  "tag:constructor=1": [],
  "tag-key=b": [1, 3, 4],
  "tag:a=1,2 tag-key=b": [1, 4],
  "tag:a=1 tag:b=2": [4],
};

/** What makes a resource of each kind, with these tags; gives its id. */
const makers: [call: keyof typeof names, make: (stage: CallStage, tags: object) => string][] = [
  [
    "describeInstances",
    ({ region }, tags) => region.ec2.runInstance("t4g.micro", subnet, { ...tags }).id,
  ],
  [
    "describeNetworkInterfaces",
    ({ region }, tags) => {
      const { id } = region.ec2.runInstance("t4g.micro", subnet, {}, { primaryTags: { ...tags } });
      return region.ec2.interfacesOf(id)[0]?.id ?? "";
    },
  ],
  [
    "describeAutoScalingGroups",
    ({ region }, tags) =>
      addGroup({ region }, `group-${region.autoScaling.groups.size}`, { tags: { ...tags } }),
  ],
];

describe("a filter by tags", () => {
  for (const [name, make] of makers) {
    it(`finds what has one of the values, and all that it asks for (${name})`, () =>
      withCalls(async (stage) => {
        const ids = TAGS.map((tags) => make(stage, tags));
        for (const [filters, found] of Object.entries(finds)) {
          const wanted = found.map((number) => ids[number]).sort();
          assert.deepEqual(await idsBy(stage, name, ...filters.split(" ")), wanted, filters);
        }
      }, inProcess));

    it(`has 200 values at most (${name})`, () =>
      withCalls(async (stage) => {
        const values = Array.from({ length: 200 }, (_, index) => `${index}`).join();
        assert.deepEqual(await idsBy(stage, name, `tag:a=${values}`), []);
        assert.deepEqual(await idsBy(stage, name, `tag:a=${values},200`), {
          name: "FilterLimitExceeded",
          message: "The maximum number of filter values specified on a single call is 200",
        });
      }, inProcess));
  }
});

describe("a wildcard in a filter", () => {
  const values = ["data", "data,b", "b,data", "a*", "a?", "a\\", "a.", "ab", "a"];
  const patterns: Record<string, string[]> = {
    "data*": ["data", "data,b"],
    "*data*": ["b,data", "data", "data,b"],
    "a?": ["a", "a*", "a.", "a?", "ab", "a\\"],
    "a\\*": ["a*"],
    "a\\?": ["a?"],
    "a\\\\": ["a\\"],
    "a.": ["a."],
    "?.": ["a."],
    "*a": ["a", "b,data", "data"],
  };

  it("stands for any text, or for a character or none, where EC2 reads it", () =>
    withCalls(async (stage) => {
      const { ec2 } = stage.region;
      for (const value of values) ec2.runInstance("t4g.micro", subnet, { a: value });
      for (const [pattern, found] of Object.entries(patterns)) {
        const filters = [{ Name: "tag:a", Values: [pattern] }];
        const { answer } = await stage.call("describeInstances", filters);
        const tags = (answer as { Tags: { Value: string }[] }[]).map(({ Tags }) => Tags[0]?.Value);
        assert.deepEqual(tags.sort(), [...found].sort(), pattern);
      }
    }, inProcess));

  it("isn't modelled where Auto Scaling would read it", () =>
    withCalls(async (stage) => {
      const asked = idsBy(stage, "describeAutoScalingGroups", "tag:a=data*");
      await assert.rejects(asked, /model wildcards in a filter of groups/);
    }, inProcess));
});

describe("a filter of interfaces", () => {
  /** Two instances with an interface each beside the primary one, where reads may lag, too. */
  const withHeld = (
    test: (stage: CallStage, holders: string[], held: string[]) => Promise<void>,
    ...faults: Fault[]
  ) =>
    withCalls(
      async (stage) => {
        const held = ["licence", "cluster"].map((pool) => interfaceOf(stage, pool).id);
        const holders: string[] = [];
        for (const id of held) {
          const instance = await stage.run({});
          stage.region.ec2.attachNetworkInterface(id, instance.id, 1, 0);
          holders.push(instance.id);
        }
        await stage.region.run(60);
        await test(stage, holders, held);
      },
      { ...inProcess, faults: striking(...faults) },
    );

  for (const faults of [[], ["readStale"]] as Fault[][]) {
    it(`finds them by their ids and their holders${faults.length > 0 ? ", late" : ""}`, () =>
      withHeld(
        async (stage, holders, held) => {
          const by = (...filters: string[]) =>
            idsBy(stage, "describeNetworkInterfaces", ...filters);
          const [holder = "", other = ""] = holders;
          const [id = "", otherId = ""] = held;
          assert.deepEqual(await by(`network-interface-id=${id},eni-99`), [id]);
          assert.deepEqual(await by(`network-interface-id=${held.join()}`), [...held].sort());
          const { region } = stage;
          const [primary] = region.ec2.interfacesOf(holder).filter((one) => one.id !== id);
          assert.deepEqual(await by(`attachment.instance-id=${holder}`), [id, primary?.id].sort());
          const both = `attachment.instance-id=${holder},${other}`;
          assert.equal(((await by(both)) as string[]).length, 4);
          assert.deepEqual(await by(both, `network-interface-id=${otherId}`), [otherId]);
          const { attachment } = region.ec2.interfaceById(id);
          region.ec2.detachNetworkInterface(attachment?.id ?? "", false);
          await region.run(60);
          assert.deepEqual(await by(`attachment.instance-id=${holder}`), [primary?.id]);
        },
        ...faults,
      ));
  }

  it("finds instances by their ids alone", () =>
    withHeld(async (stage, holders) => {
      const [holder = ""] = holders;
      assert.deepEqual(await idsBy(stage, "describeInstances", `instance-id=${holder}`), [holder]);
      const asked = idsBy(stage, "describeInstances", `attachment.instance-id=${holder}`);
      await assert.rejects(asked, /model filter attachment.instance-id/);
    }));
});

describe("groups by their names", () => {
  const read = async ({ post }: CallStage, parameters: string) => {
    const request = `Action=DescribeAutoScalingGroups&Version=2011-01-01&${parameters}`;
    return (await post(request)).answer as { status: number; body: string };
  };
  const listed = (list: string[]) =>
    list.map((name, index) => `AutoScalingGroupNames.member.${index + 1}=${name}`).join("&");
  const tagged = "Filters.member.1.Name=tag%3Aa&Filters.member.1.Values.member.1=1";

  it("are those that there are, and that a filter finds, too", () =>
    withCalls(async (stage) => {
      for (const name of ["one", "two", "three"]) addGroup(stage, name, { tags: { a: name } });
      stage.region.autoScaling.groupByName("two").tags = { a: "1" };
      const namesIn = ({ body }: { body: string }) =>
        [...body.matchAll(/<AutoScalingGroupName>(\w+)</g)].map(([, name]) => name);
      assert.deepEqual(namesIn(await read(stage, listed(["two", "one", "four"]))), ["one", "two"]);
      const both = `${listed(["two", "one"])}&${tagged}`;
      assert.deepEqual(namesIn(await read(stage, both)), ["two"]);
      const said = stage.region.journal.entries.map(({ text }) => text);
      assert.ok(said.includes("DescribeAutoScalingGroups two one tag:a=1"));
    }, inProcess));

  it("are no more than a page holds", () =>
    withCalls(async (stage) => {
      const list = Array.from({ length: 51 }, (_, index) => `group-${index}`);
      assert.equal((await read(stage, `${listed(list)}&MaxRecords=51`)).status, 200);
      const { status, body } = await read(stage, listed(list));
      assert.equal(status, 400);
      const message = "The number of group names that may be passed in is limited to 50";
      assert.match(body, new RegExp(`<Code>ValidationError</Code><Message>${message}<`));
    }, inProcess));
});
