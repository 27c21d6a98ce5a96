import assert from "node:assert/strict";
import { deployBoothook } from "./document";
import type { Link } from "./instance";
import { describedAs, TAG_KEY, TAGS, useInstances, written } from "./launching";
import type { DescribedInterface } from "./metadata";

/** Attached by another, at the lowest index. */
const FOREIGN: Link = { name: "ens6", macAddress: "02:00:00:00:00:06", address: "10.0.0.66" };
const FIRST: Link = { name: "ens7", macAddress: "02:00:00:00:00:07", address: "10.0.0.10" };
const SECOND: Link = { name: "ens8", macAddress: "02:00:00:00:00:08", address: "10.0.0.20" };

const ofFirst = (pool: string, slot: string) =>
  `ADDRESS="10.0.0.10"\nMAC="02:00:00:00:00:07"\nINTERFACE="ens7"\nPOOL="${pool}"\nSLOT="${slot}"\n`;
const ofSecond = (pool: string) =>
  `ADDRESS_2="10.0.0.20"\nMAC_2="02:00:00:00:00:08"\nINTERFACE_2="ens8"\nPOOL_2="${pool}"\nSLOT_2=""\n`;

describe("wait-for-address.sh, with several interfaces or pools", () => {
  let ofLicence = "";
  let ofUnknown = "";
  const { start } = useInstances();

  before(async () => {
    ofLicence = await deployBoothook({ addresses: ["10.0.0.9", "10.0.0.10"] });
    ofUnknown = await deployBoothook({ addresses: undefined });
  });

  /** Runs the script with these interfaces attached; gives what it wrote. */
  async function write(
    pools: string,
    attached: [Link, Partial<DescribedInterface>][],
    boothook = ofLicence,
  ): Promise<string> {
    const instance = await start(boothook);
    for (const [link] of attached) instance.plug(link);
    const interfaces = attached.map(([link, rest]) => describedAs(link, rest));
    instance.describe({ tags: { [TAG_KEY]: pools }, interfaces });
    const { code, output } = await instance.startService();
    assert.equal(code, 0, output);
    return written(instance);
  }

  it("takes the interface that has an address of the pool, whatever else is attached", async () => {
    const attached: [Link, Partial<DescribedInterface>][] = [
      [FOREIGN, { deviceNumber: 1 }],
      [FIRST, { deviceNumber: 2 }],
    ];
    assert.equal(await write("licence", attached), ofFirst("licence", "1"));
  });

  it("goes on waiting while what is attached has no address of the pool", async () => {
    const instance = await start(ofLicence);
    instance.plug(FOREIGN);
    instance.describe({ tags: TAGS, interfaces: [describedAs(FOREIGN)] });
    instance.holdTime();
    const outcome = instance.startService();
    await instance.untilAsleep();
    instance.plug(FIRST);
    instance.describe({
      tags: TAGS,
      interfaces: [describedAs(FOREIGN), describedAs(FIRST, { deviceNumber: 2 })],
    });
    instance.letTimePass();
    assert.equal((await outcome).code, 0);
    assert.equal(written(instance), ofFirst("licence", "1"));
    assert.equal(instance.run("cat /sys/class/net/ens6/operstate"), "down\n");
  });

  it("writes an interface for every pool that the tag names, in its order", async () => {
    const attached: [Link, Partial<DescribedInterface>][] = [
      [SECOND, { deviceNumber: 1 }],
      [FIRST, { deviceNumber: 2 }],
    ];
    const expected = ofFirst("licence", "1") + ofSecond("management");
    assert.equal(await write("licence, management", attached), expected);
    assert.equal(await write("licence,,management,", attached), expected);
  });

  it("leaves an interface to the pool whose address it has, whichever pool the tag names first", async () => {
    const attached: [Link, Partial<DescribedInterface>][] = [
      [FIRST, { deviceNumber: 1 }],
      [SECOND, { deviceNumber: 2 }],
    ];
    const expected =
      ofSecond("management").replaceAll("_2=", "=") +
      ofFirst("licence", "1").replaceAll(/^(\w+)=/gm, "$1_2=");
    assert.equal(await write("management,licence", attached), expected);
  });

  it("takes the interface of another VPC for the second pool, though its address is one of the first's", async () => {
    const boothook = await deployBoothook({ addresses: ["10.0.0.10", "10.0.0.20"] });
    const attached: [Link, Partial<DescribedInterface>][] = [
      [FIRST, { deviceNumber: 1 }],
      [SECOND, { deviceNumber: 2 }],
    ];
    const expected = ofFirst("licence", "0") + ofSecond("management");
    assert.equal(await write("licence,management", attached, boothook), expected);
  });

  it("waits until every pool has its interface", async () => {
    const instance = await start(ofLicence);
    const tags = { [TAG_KEY]: "licence,management" };
    instance.plug(FIRST);
    instance.describe({ tags, interfaces: [describedAs(FIRST)] });
    instance.holdTime();
    const outcome = instance.startService();
    await instance.untilAsleep();
    // One that it does configure, and yet nothing is written.
    for (let second = 0; second < 10; second++) await instance.passSecond();
    assert.equal(instance.run("cat /sys/class/net/ens7/operstate"), "up\n");
    assert.equal(written(instance), "");
    instance.plug(SECOND);
    instance.describe({
      tags,
      interfaces: [describedAs(FIRST), describedAs(SECOND, { deviceNumber: 2 })],
    });
    instance.letTimePass();
    assert.equal((await outcome).code, 0);
    assert.equal(written(instance), ofFirst("licence", "1") + ofSecond("management"));
  });

  for (const key of ["network-card-index", "network-card"] as const) {
    it(`goes by network card (${key}) and device index where no addresses are known`, async () => {
      const attached: [Link, Partial<DescribedInterface>][] = [
        [SECOND, { deviceNumber: 1, networkCard: { key, index: 1 } }],
        [FIRST, { deviceNumber: 10, networkCard: { key, index: 0 } }],
      ];
      assert.equal(
        await write("data,management", attached, ofUnknown),
        ofFirst("data", "") + ofSecond("management"),
      );
    });
  }

  it("goes by device index as a number", async () => {
    const attached: [Link, Partial<DescribedInterface>][] = [
      [SECOND, { deviceNumber: 10 }],
      [FIRST, { deviceNumber: 2 }],
    ];
    const expected = ofFirst("data", "") + ofSecond("management");
    assert.equal(await write("data,management", attached, ofUnknown), expected);
  });

  it("lets an interface be of which metadata knows no address yet", async () => {
    const instance = await start(ofLicence);
    const tags = { [TAG_KEY]: "management" };
    instance.plug(SECOND);
    instance.describe({ tags, interfaces: [describedAs(SECOND, { addresses: [] })] });
    instance.holdTime();
    const outcome = instance.startService();
    await instance.untilAsleep();
    for (let second = 0; second < 10; second++) await instance.passSecond();
    assert.equal(instance.run("cat /sys/class/net/ens8/operstate"), "down\n");
    instance.describe({ tags, interfaces: [describedAs(SECOND)] });
    instance.letTimePass();
    const { code, output } = await outcome;
    assert.equal(code, 0, output);
    assert.equal(written(instance), ofSecond("management").replaceAll("_2=", "="));
  });

  it("knows each pool's subnet and router by metadata", async () => {
    const instance = await start(ofLicence);
    const elsewhere: Link = { ...FIRST, address: "10.0.0.10" };
    instance.plug(elsewhere);
    const subnet = "10.0.0.0/28";
    instance.describe({ tags: TAGS, interfaces: [describedAs(elsewhere, { subnet })] });
    assert.equal((await instance.startService()).code, 0);
    const routes = instance.run("ip -4 route show table all dev ens7");
    assert.match(routes, /^default via 10\.0\.0\.1 /m);
    assert.match(routes, /^10\.0\.0\.0\/28 /m);
    assert.match(instance.run("ip -4 address show dev ens7"), / inet 10\.0\.0\.10\/28 /);
  });

  it("writes a pool's name so that a shell reads it as it is", async () => {
    const name = `Größe "a" 'b' $HOME \`id\` \\n \\`;
    const boothook = await deployBoothook({ poolName: name, addresses: ["10.0.0.9", "10.0.0.10"] });
    const instance = await start(boothook);
    instance.plug(FIRST);
    instance.describe({ tags: { [TAG_KEY]: name }, interfaces: [describedAs(FIRST)] });
    assert.equal((await instance.startService()).code, 0);
    const read = instance.run('. /run/network-interface-pool.env && printf "%s" "$POOL;$SLOT"');
    assert.equal(read, `${name};1`);
  });
});

describe("wait-for-address.sh, in vain", () => {
  const ADDRESS_OF_METADATA = "169.254.169.254/32";
  let boothook = "";
  const { start } = useInstances();

  before(async () => {
    boothook = await deployBoothook({ addresses: ["10.0.0.10"] });
  });

  type Instance = Awaited<ReturnType<typeof start>>;
  const cases: [string, (instance: Instance) => void, string][] = [
    [
      "no metadata",
      (instance) => {
        instance.run(`ip address del ${ADDRESS_OF_METADATA} dev lo`);
      },
      "the instance metadata service doesn't answer",
    ],
    [
      "tags that metadata may not show",
      (instance) => {
        instance.describe({ interfaces: [describedAs(FIRST)] });
      },
      `instance metadata has no tag ${TAG_KEY}; the instance needs it, and tags allowed in its metadata`,
    ],
    [
      "no interface of the pool",
      (instance) => {
        instance.describe({ tags: TAGS, interfaces: [describedAs(FOREIGN)] });
      },
      "no interface of pool licence is in instance metadata",
    ],
    [
      "an interface that the system doesn't see",
      (instance) => {
        instance.describe({ tags: TAGS, interfaces: [describedAs(FIRST)] });
      },
      "the interface of pool licence, 02:00:00:00:00:07 with 10.0.0.10, is in metadata and not in the system",
    ],
    [
      "a link that doesn't come up",
      (instance) => {
        instance.plug(FIRST);
        instance.runOnRouter("ip link set peer-ens7 down");
        instance.describe({ tags: TAGS, interfaces: [describedAs(FIRST)] });
      },
      "ens7 of pool licence doesn't come up with 10.0.0.10 and a route",
    ],
  ];
  for (const [what, prepare, reason] of cases) {
    it(`gives up after its time for ${what}, and says so`, async () => {
      const instance = await start(boothook);
      instance.run("echo stale >/run/network-interface-pool.env");
      prepare(instance);
      const { code, output } = await instance.startService({ seconds: 1 });
      assert.equal(code, 1);
      assert.equal(
        output.split("\n").at(-2),
        `network-interface-pool: gave up after 1 s: ${reason}`,
      );
      assert.equal(written(instance), "");
    });
  }

  it("says at once which tool is missing", async () => {
    const instance = await start(boothook);
    instance.run(`mount --bind /dev/null "$(command -v curl)"`);
    const { code, output } = await instance.startService();
    assert.equal(code, 1);
    assert.equal(output, "network-interface-pool: needs curl, which is not installed\n");
  });
});
