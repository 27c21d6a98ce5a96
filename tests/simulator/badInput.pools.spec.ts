import assert from "node:assert/strict";
import { rightsOf } from "../../components/networkInterfaceManager/rights";
import type { Deployment } from "../../simulator/deployment";
import type { Instance } from "../../simulator/ec2";
import { Ledger } from "../../simulator/ledger";
import { Promises } from "../../simulator/promises";
import { Region } from "../../simulator/region";
import type { Stage } from "../../simulator/scenarios";
import { type PolicyDocument, withPolicy, withVariables } from "./documents";
import { subnet } from "./services";
import { deploy } from "./stage";

/** Tag values as EC2 takes them: any text of up to 256 characters. */
const hostileValues = [
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

/** The same deployment, whose manager looks after every pool with the tag key, whatever its name. */
function forEveryPool(deployment: Deployment): Deployment {
  const { tagKey } = deployment;
  const queueArn = "arn:aws:sqs:eu-west-1:123456789012:*";
  const logGroupArn = "arn:aws:logs:eu-west-1:123456789012:log-group:manager";
  const document = JSON.stringify(rightsOf({ tagKey, queueArn, logGroupArn }));
  const policed = withPolicy(deployment, JSON.parse(document) as PolicyDocument);
  return withVariables(policed, { POOL_TAGS: undefined });
}

/** Opens a Region with what is there before its groups' instances are. */
async function withCrowd(
  deployment: Deployment,
  prepare: (region: Region) => void,
  test: (stage: Stage & { promises: Promises }) => Promise<void>,
): Promise<void> {
  const region = await Region.open(deployment, { seed: 1 });
  try {
    prepare(region);
    const ledger = new Ledger(region.ec2, region.clock, region.tagKey);
    const promises = new Promises(region);
    await region.run(90);
    await test({ region, ledger, promises });
    assert.deepEqual(promises.broken, []);
    assert.deepEqual(region.lambda?.errors, []);
  } finally {
    await region.close();
  }
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
  it("serves pools of any name, each from its own addresses", async function () {
    this.timeout(60_000);
    const add = (region: Region) => {
      for (const [number, pool] of hostileValues.entries()) addInterface(region, number, pool);
    };
    await withCrowd(forEveryPool(await deploy()), add, async ({ region, ledger, promises }) => {
      // The last pool's instance comes first: a name that is taken for another's gets its address.
      const instances: Instance[] = [];
      for (const pool of [...hostileValues].reverse()) {
        const tags = { [region.tagKey]: pool };
        instances.unshift(region.ec2.runInstance("t4g.micro", subnet, tags));
        await region.run(20);
      }
      await region.run(60);
      const own = hostileValues.map((_, number) => region.ec2.interfaceById(`eni-${number}`));
      assert.deepEqual(
        instances.map(({ id }) => ledger.addressOf(id)),
        own.map(({ address }) => address),
      );
      for (const { id } of instances) region.ec2.terminateInstance(id);
      await region.run(180);
      assert.deepEqual(promises.openEnds(), []);
      assert.ok(own.every(({ attachment }) => attachment === undefined));
    });
  });

  it("deploys and serves a pool whose name is a key of every object", async () => {
    const pools = [{ name: "__proto__", size: 1, group: {} }];
    await withCrowd(
      await deploy(pools),
      () => undefined,
      ({ ledger }) => {
        assert.equal(ledger.accounts.length, 1);
        assert.equal(ledger.accounts[0]?.pool, "__proto__");
        assert.deepEqual(ledger.findFaults(), []);
        assert.notEqual(ledger.accounts[0].tenures.at(-1)?.instanceId, undefined);
        return Promise.resolve();
      },
    );
  });

  it("replaces an instance among 10,000 that are none of its business", async function () {
    this.timeout(60_000);
    const crowd = (region: Region) => {
      for (let number = 0; number < 10_000; number += 1) {
        addUnrelated(region, number, number % 10 === 0 ? { [region.tagKey]: "other" } : {});
      }
    };
    await withCrowd(await deploy(), crowd, async ({ region, ledger }) => {
      const licence = ledger.accounts.find(({ pool }) => pool === "licence");
      const victim = licence?.tenures.at(-1)?.instanceId ?? assert.fail("nobody has the licence");
      region.ec2.terminateInstance(victim);
      const holder = () => ledger.holderOf(licence?.address ?? "");
      assert.ok(await region.run(180, () => ![undefined, victim].includes(holder())));
      const seen = region.journal.entries.filter(({ text }) =>
        text.includes(": its pool other is"),
      );
      assert.equal(seen.length, 1_000, "the manager did not see who has another pool's tag");
    });
  });

  it("replaces an instance of a pool of 1,000 interfaces", async function () {
    this.timeout(60_000);
    const add = (region: Region) => {
      for (let number = 1; number < 1_000; number += 1) addInterface(region, number, "licence");
    };
    await withCrowd(await deploy(), add, async ({ region, ledger, promises }) => {
      const ofPool = ledger.accounts.filter(({ pool }) => pool === "licence");
      assert.equal(ofPool.length, 1_000);
      const victim = ofPool[0]?.tenures.at(-1)?.instanceId ?? assert.fail("nobody was served");
      region.ec2.terminateInstance(victim);
      await region.run(180);
      assert.deepEqual([...promises.openEnds(), ...ledger.findFaults()], []);
      const held = ofPool.filter(({ address }) => ledger.holderOf(address) !== undefined);
      assert.equal(held.length, 1);
    });
  });
});
