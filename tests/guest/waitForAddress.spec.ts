/**
 * The script that waits, as the launch template of a deployed group carries it, in an instance of its own by
 * namespaces of Linux: real interfaces, addresses, routes and rules, and metadata in the shape AWS documents.
 * What stands in for the rest: links are pairs of veth, the service manager writes down what it is told, and a
 * second is as short or as long as the test wants it. No distribution's own tools run here: the tests do what these do.
 */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { deployBoothook } from "./document";
import type { Instance, Link } from "./instance";
import { describedAs, linesOf, TAG_KEY, TAGS, useInstances, written } from "./launching";
import type { Described } from "./metadata";

const LINK: Link = { name: "ens6", macAddress: "02:00:00:00:00:06", address: "10.0.0.11" };
const INTERFACE = describedAs(LINK);
const ATTACHED: Described = { tags: TAGS, interfaces: [INTERFACE] };
const WRITTEN = `ADDRESS="10.0.0.11"
MAC="02:00:00:00:00:06"
INTERFACE="ens6"
POOL="licence"
SLOT="1"
`;

/** What amazon-ec2-net-utils has systemd-networkd do, after the link is up. */
const BY_DISTRIBUTION = [
  "ip address add 10.0.0.11/24 dev ens6 metric 522",
  "ip route add default via 10.0.0.1 dev ens6 table 10001",
  "ip rule add from 10.0.0.11 table 10001 priority 10001",
].join(" && ");

/** The tables of the script's own rules, by address. */
function ownTables(instance: Instance): Record<string, string> {
  const rules = linesOf(instance.run("ip -4 -details rule show priority 9000"));
  return Object.fromEntries(
    rules.map((rule) => {
      const [, address, table] = /^9000:\tfrom (\S+) lookup (\d+) proto kernel$/.exec(rule) ?? [];
      assert.ok(address !== undefined && table !== undefined, rule);
      return [address, table];
    }),
  );
}

/** Asserts that the address, and no other, has a rule, and a table that leads by its interface. */
function assertRouted(instance: Instance, address: string): void {
  const tables = ownTables(instance);
  assert.deepEqual(Object.keys(tables), [address]);
  assert.ok(Number(tables[address]) > 20_000);
  assert.deepEqual(linesOf(instance.run(`ip -4 route show table ${String(tables[address])}`)), [
    "default via 10.0.0.1 dev ens6 proto kernel",
    "10.0.0.0/24 dev ens6 proto kernel scope link",
  ]);
}

describe("wait-for-address.sh", () => {
  let boothook = "";
  const { start: startWith, restart } = useInstances();
  const start = () => startWith(boothook);

  before(async () => {
    boothook = await deployBoothook();
  });

  it("waits until metadata and then the system have the interface, and only then writes", async () => {
    const instance = await start();
    instance.holdTime();
    const outcome = instance.startService();
    await instance.untilAsleep();
    assert.equal(written(instance), "");
    instance.describe({ tags: TAGS });
    await instance.passSecond();
    assert.equal(written(instance), "");
    instance.describe(ATTACHED);
    await instance.passSecond();
    assert.equal(written(instance), "");
    instance.plug(LINK);
    instance.letTimePass();
    assert.equal((await outcome).code, 0);
    assert.equal(written(instance), WRITTEN);
  });

  it("lets an interface be of which metadata knows no more than that it is there", async () => {
    const instance = await start();
    instance.plug(LINK);
    instance.describe({ tags: TAGS, interfaces: [describedAs(LINK, { deviceNumber: 0 })] });
    instance.holdTime();
    const outcome = instance.startService();
    await instance.untilAsleep();
    // Longer than it would wait for the distribution.
    for (let second = 0; second < 10; second++) await instance.passSecond();
    assert.equal(instance.run("cat /sys/class/net/ens6/operstate"), "down\n");
    instance.describe(ATTACHED);
    instance.letTimePass();
    assert.equal((await outcome).code, 0);
    assert.equal(written(instance), WRITTEN);
  });

  it("configures what nobody brings up: link, address, rule, and a table of its own", async () => {
    const instance = await start();
    instance.describe(ATTACHED);
    instance.run("ip link set ens5 mtu 9001");
    instance.plug(LINK);
    const { code, output } = await instance.startService();
    assert.equal(code, 0, output);
    assert.match(
      output,
      /^network-interface-pool: configures ens6 with 10.0.0.11, since nobody else did$/m,
    );
    assert.equal(written(instance), WRITTEN);
    assertRouted(instance, LINK.address);
    assert.equal(instance.run("cat /sys/class/net/ens6/mtu"), "9001\n");
    assert.equal(instance.answers(LINK.address), true);
  });

  it("leaves what has no such address to the primary interface", async () => {
    const instance = await start();
    instance.describe(ATTACHED);
    instance.plug(LINK);
    await instance.startService();
    assert.deepEqual(linesOf(instance.run("ip -4 route show table main dev ens6")), []);
    for (const destination of ["10.0.0.77", "203.0.113.7"]) {
      assert.match(instance.run(`ip route get ${destination}`), / dev ens5 /);
    }
  });

  it("tells systemd-networkd to let an interface be that it brought up itself", async () => {
    const instance = await start();
    instance.describe(ATTACHED);
    instance.plug(LINK);
    await instance.startService();
    assert.equal(
      instance.run("cat /run/systemd/network/05-network-interface-pool-ens6.network"),
      "[Match]\nMACAddress=02:00:00:00:00:06\n\n[Link]\nUnmanaged=yes\n",
    );
  });

  it("waits for a distribution that has brought the link up, and changes nothing that it does", async () => {
    const instance = await start();
    instance.describe(ATTACHED);
    instance.plug(LINK);
    instance.run("ip link set ens6 up");
    instance.holdTime();
    const outcome = instance.startService();
    await instance.untilAsleep();
    // Longer than it waits for a link that stays down.
    for (let second = 0; second < 10; second++) await instance.passSecond();
    assert.deepEqual(ownTables(instance), {});
    instance.run(BY_DISTRIBUTION);
    instance.letTimePass();
    const { code, output } = await outcome;
    assert.equal(code, 0);
    assert.doesNotMatch(output, /configures/);
    assert.equal(written(instance), WRITTEN);
    assert.deepEqual(ownTables(instance), {});
    assert.equal(instance.run("ls /run/systemd 2>/dev/null || true"), "");
    assert.equal(instance.answers(LINK.address), true);
  });

  it("adds a rule and a table where the distribution leaves two interfaces of one subnet to one route", async () => {
    const instance = await start();
    instance.describe(ATTACHED);
    instance.plug(LINK);
    instance.run("ip link set ens6 up && ip address add 10.0.0.11/24 dev ens6 metric 200");
    assert.equal(instance.answers(LINK.address, 1), false);
    const { code } = await instance.startService();
    assert.equal(code, 0);
    assertRouted(instance, LINK.address);
    assert.equal(instance.answers(LINK.address), true);
    assert.equal(instance.answers("10.0.0.5"), true);
    // It is the distribution's interface, and stays so.
    assert.equal(instance.run("ls /run/systemd 2>/dev/null || true"), "");
  });

  const astray: [string, string][] = [
    [
      "beyond the subnet",
      "ip route add default via 10.0.0.1 dev ens5 table 10000 && ip route add 10.0.0.0/24 dev ens6 table 10000",
    ],
    [
      "within the subnet",
      "ip route add default via 10.0.0.1 dev ens6 table 10000 onlink && ip route add 10.0.0.0/24 dev ens5 table 10000",
    ],
  ];
  for (const [where, routes] of astray) {
    it(`goes before a rule of the distribution whose table leads astray ${where}`, async () => {
      const instance = await start();
      instance.describe(ATTACHED);
      instance.plug(LINK);
      instance.run("ip link set ens6 up && ip address add 10.0.0.11/24 dev ens6 noprefixroute");
      instance.run(`ip rule add from 10.0.0.11 table 10000 priority 10000 && ${routes}`);
      assert.equal((await instance.startService()).code, 0);
      assertRouted(instance, LINK.address);
      assert.equal(instance.answers(LINK.address), true);
    });
  }

  it("follows an interface that the system renames meanwhile", async () => {
    const instance = await start();
    instance.describe(ATTACHED);
    instance.plug({ ...LINK, name: "eth1" });
    instance.holdTime();
    const outcome = instance.startService();
    await instance.untilAsleep();
    instance.run("ip link set eth1 name ens6");
    instance.letTimePass();
    const { code, output } = await outcome;
    assert.equal(code, 0);
    assert.doesNotMatch(output, /eth1/);
    assert.equal(written(instance), WRITTEN);
  });

  it("gives the interface its further addresses, too", async () => {
    const instance = await start();
    const addresses = ["10.0.0.11", "10.0.0.111", "10.0.0.112"];
    instance.describe({ tags: TAGS, interfaces: [{ ...INTERFACE, addresses }] });
    instance.plug(LINK);
    await instance.startService();
    assert.deepEqual(
      linesOf(instance.run("ip -4 -o address show dev ens6")).map((line) => line.split(/ +/)[3]),
      addresses.map((address) => `${address}/24`),
    );
    const tables = ownTables(instance);
    assert.deepEqual(Object.keys(tables), addresses);
    assert.equal(new Set(Object.values(tables)).size, 1);
    assert.equal(written(instance), WRITTEN);
  });

  it("changes nothing when it runs again, and repairs no more than is broken", async () => {
    const instance = await start();
    instance.describe(ATTACHED);
    instance.plug(LINK);
    await instance.startService();
    const state = () =>
      instance.run("ip -4 address; ip rule; ip -4 route show table all; cat /run/*.env");
    const was = state();
    const { code, output } = await instance.startService();
    assert.equal(code, 0);
    assert.doesNotMatch(output, /configures/);
    assert.equal(state(), was);
    const [table = ""] = Object.values(ownTables(instance));
    instance.run(`ip route flush table ${table}`);
    assert.match((await instance.startService()).output, /configures/);
    assert.equal(state(), was);
  });

  it("waits anew on the next boot, for whatever interface it is then", async () => {
    const first = await start();
    first.describe(ATTACHED);
    first.plug(LINK);
    await first.startService();
    const second = await restart(first);
    second.runBoothook(boothook);
    assert.equal(written(second), "");
    const other: Link = { name: "ens7", macAddress: "02:00:00:00:00:07", address: "10.0.0.10" };
    second.describe({ tags: TAGS, interfaces: [describedAs(other)] });
    second.plug(other);
    assert.equal((await second.startService()).code, 0);
    assert.equal(
      written(second),
      'ADDRESS="10.0.0.10"\nMAC="02:00:00:00:00:07"\nINTERFACE="ens7"\nPOOL="licence"\nSLOT="0"\n',
    );
  });

  it("asks for metadata alone, with a session token each time, and for no credentials", async () => {
    const instance = await start();
    instance.describe(ATTACHED);
    instance.plug(LINK);
    await instance.startService();
    const about = "/latest/meta-data/network/interfaces/macs";
    const mac = `${about}/02:00:00:00:00:06`;
    assert.deepEqual(instance.requests(), [
      "PUT /latest/api/token 200",
      "GET /latest/meta-data/mac 200",
      `GET /latest/meta-data/tags/instance/${TAG_KEY} 200`,
      `GET ${about}/ 200`,
      `GET ${mac}/device-number 200`,
      `GET ${mac}/network-card-index 404`,
      `GET ${mac}/network-card 404`,
      `GET ${mac}/subnet-ipv4-cidr-block 200`,
      `GET ${mac}/local-ipv4s 200`,
    ]);
  });

  it("runs in bash, too, which is Amazon Linux's shell", async function () {
    if (!existsSync("/bin/bash")) this.skip();
    const instance = await start();
    instance.describe(ATTACHED);
    instance.plug(LINK);
    const { code, output } = await instance.startService({ shell: "/bin/bash" });
    assert.equal(code, 0, output);
    assert.equal(written(instance), WRITTEN);
    assertRouted(instance, LINK.address);
  });
});
