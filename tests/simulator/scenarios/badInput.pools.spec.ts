import assert from "node:assert/strict";
import { rightsOf } from "../../../components/networkInterfaceManager/rights";
import type { Deployment } from "../../../simulator/deploy/engine";
import type { Instance } from "../../../simulator/aws/ec2/state";
import { AddressHistory } from "../../../simulator/checkers/addressHistory";
import { findUnmet } from "../../../simulator/checkers/liveness";
import { SafetyChecker } from "../../../simulator/checkers/safety";
import type { Region } from "../../../simulator/aws/region";
import type { Stage } from "../../../simulator/scenarios/operator";
import { type PolicyDocument, withPolicy, withVariables } from "../aws/policyDocuments";
import { subnet } from "../aws/services";
import { deploy, withStage } from "../stage";

/** Tags as EC2 takes them, any text of up to 256 characters, that name the pool of that name. */
const hostileNames = [
  "x".repeat(256),
  "池".repeat(256),
  "\u{1F986}".repeat(128),
  "\u202egnissol",
  "e\u0301",
  "\u00e9",
  "",
  " ",
  "constructor",
  "__proto__",
  "toString",
  "hasOwnProperty",
  "undefined",
  "null",
  "0",
  "a/b",
  "eu-west-1a/a/b",
  "<item>&amp;</item>",
  "]]>",
  '"\\\n\t',
  "${aws:username}",
  "*",
];

/** Lists, and the pools that they name. */
const hostileLists: Record<string, string[]> = {
  ",": [],
  " , ,": [],
  [",".repeat(256)]: [],
  "a, a": ["a"],
  ",,b,, c,": ["b", "c"],
  [` ${"y".repeat(126)},${"y".repeat(127)} `]: ["y".repeat(126), "y".repeat(127)],
  "valueOf,isPrototypeOf": ["valueOf", "isPrototypeOf"],
  "\u{1F427},\u202eeno\t": ["\u{1F427}", "\u202eeno"],
};

const hostileTags = [...hostileNames, ...Object.keys(hostileLists)];
const wanted = [...hostileNames.map((name) => [name]), ...Object.values(hostileLists)];
const none = hostileTags.map(() => []);

/** An interface for each pool; and one whose pool is called like the list, which no list can name. */
function addPools(region: Region): void {
  const pools = [...wanted.flat(), ...Object.keys(hostileLists)];
  for (const [number, pool] of pools.entries()) addInterface(region, number, pool);
}

/** The pools that instances have interfaces of. */
function servedOf({ ec2, tagKey }: Region, instances: Instance[]): string[][] {
  return instances.map(({ id }) => ec2.interfacesOf(id).flatMap(({ tags }) => tags[tagKey] ?? []));
}

const MANAGER_TYPE = "network-interface-pool:index:NetworkInterfaceManager";

/** Takes an interface of two pools beside its own. */
const TYPE = "t4g.small";

/** The same deployment, whose manager looks after every pool with the tag key, whatever its name. */
function forEveryPool(deployment: Deployment): Deployment {
  const { tagKey } = deployment;
  const queueArn = "arn:aws:sqs:eu-west-1:123456789012:*";
  const logGroupArn = "arn:aws:logs:eu-west-1:123456789012:log-group:manager";
  const document = JSON.stringify(rightsOf({ tagKey, queueArn, logGroupArn }));
  const policed = withPolicy(deployment, JSON.parse(document) as PolicyDocument);
  const registrations = deployment.registrations.map((one) =>
    one.type === MANAGER_TYPE ? { ...one, inputs: { ...one.inputs, pools: undefined } } : one,
  );
  return withVariables({ ...policed, registrations }, { POOL_TAGS: undefined });
}

/** Opens a Region with what is there before its groups' instances are. */
async function withCrowd(
  deployment: Deployment,
  prepare: (region: Region) => void,
  test: (stage: Stage) => unknown,
): Promise<void> {
  await withStage({ deployment }, async ({ region }) => {
    prepare(region);
    const addressHistory = AddressHistory.of(region);
    const promises = new SafetyChecker(region);
    await region.run(90);
    await test({ region, addressHistory });
    assert.deepEqual(promises.broken, []);
    assert.deepEqual(region.lambda?.errors, []);
  });
}

function addInterface(region: Region, number: number, pool: string): void {
  region.ec2.createNetworkInterface({
    id: `eni-${number}`,
    subnet,
    address: `10.9.${Math.floor(number / 250)}.${(number % 250) + 4}`,
    macAddress: `02:00:00:00:${Math.floor(number / 256)}:${number % 256}`,
    tags: { [region.tagKey]: pool },
  });
}

/** An instance that has been there for long, of which no event tells. */
function addUnrelated(region: Region, number: number, tags: Instance["tags"]): void {
  const id = `i-${number.toString(16).padStart(17, "0")}`;
  const launchTimeMs = region.clock.nowMs - 86_400_000;
  const type = "t4g.micro";
  region.ec2.instances.set(id, { id, type, state: "running", subnet, tags, launchTimeMs });
}

describe("the manager", () => {
  it("serves pools of any name, and lists of any form, each from its own addresses", async () => {
    await withCrowd(forEveryPool(await deploy()), addPools, async ({ region }) => {
      // The last tag's instance comes first: a name that is taken for another's gets its address.
      const instances: Instance[] = [];
      for (const tag of [...hostileTags].reverse()) {
        instances.unshift(region.ec2.runInstance(TYPE, subnet, { [region.tagKey]: tag }));
        await region.run(20);
      }
      await region.run(60);
      assert.deepEqual(servedOf(region, instances), wanted);
      for (const { id } of instances) region.ec2.terminateInstance(id);
      await region.run(180);
      assert.deepEqual(findUnmet(region), []);
      assert.deepEqual(servedOf(region, instances), none);
    });
  });

  it("serves Auto Scaling groups whose tag is any name, or a list of any form", async () => {
    await withCrowd(forEveryPool(await deploy()), addPools, async ({ region }) => {
      const { autoScaling } = region;
      const [model = assert.fail("there is no group")] = [...autoScaling.groups.values()];
      const groups = hostileTags.map((tag, number) => {
        const name = `hostile-${number}`;
        const tags = { [region.tagKey]: tag };
        const sizes = { minSize: 0, maxSize: 1, desiredCapacity: 1, instanceType: TYPE };
        const arn = model.arn.replaceAll(model.name, name);
        autoScaling.createGroup({ ...model, ...sizes, name, arn, tags, propagatedTags: tags });
        return autoScaling.groupByName(name);
      });
      await region.run(180);
      const members = groups.flatMap((group) => [...group.members.values()]);
      const instances = members.map(({ instance }) => instance);
      assert.deepEqual(servedOf(region, instances), wanted);
      // A list that names no pool is nobody's, and its group waits for whoever it is meant for.
      const states = wanted.map(({ length }) => (length === 0 ? "Pending:Wait" : "InService"));
      assert.deepEqual(
        members.map(({ lifecycleState }) => lifecycleState),
        states,
      );
      for (const { name } of groups) autoScaling.setDesiredCapacity(name, 0);
      await region.run(600);
      assert.deepEqual(findUnmet(region), []);
      assert.deepEqual(servedOf(region, instances), none);
    });
  });

  it("deploys and serves a pool whose name is a key of every object", async () => {
    const deployment = await deploy([{ name: "__proto__", size: 1, group: {} }]);
    await withCrowd(
      deployment,
      () => undefined,
      ({ addressHistory, region }) => {
        const [record, ...others] = addressHistory.records;
        assert.deepEqual([record?.pool, others], ["__proto__", []]);
        assert.deepEqual([...findUnmet(region), ...addressHistory.findLost()], []);
        assert.notEqual(addressHistory.holderOf(record?.address ?? ""), undefined);
      },
    );
  });

  it("replaces an instance among 10,000 that are none of its business", async () => {
    const crowd = (region: Region) => {
      for (let number = 0; number < 10_000; number += 1) {
        addUnrelated(region, number, number % 10 === 0 ? { [region.tagKey]: "other" } : {});
      }
    };
    await withCrowd(await deploy(), crowd, async (stage) => {
      await replaceLicensed(stage);
      const { entries } = stage.region.journal;
      const said = entries.filter(({ source }) => source === "manager").map(({ text }) => text);
      assert.ok(said.some((text) => /\bi-[0-9a-f]{17}\b/.test(text)));
      assert.deepEqual(
        said.filter((text) => /\bi-0{13}/.test(text)),
        [],
      );
    });
  });

  it("replaces an instance of a pool of 1,000 interfaces", async () => {
    const add = (region: Region) => {
      for (let number = 1; number < 1_000; number += 1) addInterface(region, number, "licence");
    };
    await withCrowd(await deploy(), add, async (stage) => {
      const { region, addressHistory } = stage;
      const ofPool = addressHistory.records.filter(({ pool }) => pool === "licence");
      assert.equal(ofPool.length, 1_000);
      await replaceLicensed(stage);
      await region.run(60);
      assert.deepEqual([...findUnmet(region), ...addressHistory.findLost()], []);
      const held = ofPool.filter(({ address }) => addressHistory.holderOf(address) !== undefined);
      assert.equal(held.length, 1);
    });
  });
});

/** Terminates the instance with the first address of the licence, and waits until another has it. */
async function replaceLicensed({ region, addressHistory }: Stage): Promise<void> {
  const licence = addressHistory.records.find(({ pool }) => pool === "licence");
  const holder = () => addressHistory.holderOf(licence?.address ?? "");
  const victim = holder() ?? assert.fail("nobody has the licence");
  region.ec2.terminateInstance(victim);
  assert.ok(await region.run(180, () => ![undefined, victim].includes(holder())));
}
