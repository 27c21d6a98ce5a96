import assert from "node:assert/strict";
import { readConfig } from "../../config";
import type { StackConfig } from "../../schema";
import { assertRefuses, clearConfiguration, configure, pool } from "../configuration";
import { deploy } from "../mocks";
import { rightConfigurations, wrongConfigurations } from "./cases";

async function read(keys: Record<string, unknown>): Promise<StackConfig> {
  configure(keys);
  return (await deploy(readConfig)).value;
}

describe("readConfig", () => {
  after(clearConfiguration);

  it("is given configurations that differ in their titles", () => {
    for (const configurations of [rightConfigurations, wrongConfigurations]) {
      const titles = configurations.map(({ title }) => title);
      assert.deepEqual([...new Set(titles)], titles);
    }
  });

  for (const { title, keys } of rightConfigurations) {
    it(`accepts ${title}`, async () => {
      const config = await read(keys);
      assert.deepEqual({ ...config, ...keys }, config);
    });
  }

  for (const { title, keys, mistakes } of wrongConfigurations) {
    it(`refuses ${title}`, () => assertRefuses(keys, mistakes));
  }

  it("fills in what is left out, and takes an empty topic, the default of Pulumi.yaml, for none", async () => {
    const pools = [{ name: "licence", addresses: ["10.0.0.10"] }];
    const { alarmTopicArn, ...config } = await read({ pools, alarmTopicArn: "" });
    assert.equal(alarmTopicArn, undefined);
    assert.deepEqual(config, {
      pools,
      tagKey: "network-interface-manager-pool",
      syncInterval: 1,
      logRetentionInDays: 30,
      alarmAfterMinutes: 5,
      memorySize: 1769,
    });
  });

  it("asks for every subnet that is given, and for gateway and type only where addresses need them", async () => {
    configure({
      pools: [
        { name: "a", subnetId: "subnet-a", size: 1, publicAddresses: true, group: {} },
        { name: "b", subnetId: "subnet-dual", size: 1, ipv6AddressCount: 2, group: {} },
        { name: "c", size: 1, publicAddresses: true },
        { name: "d", subnetId: "subnet-dual", size: 1, ipv6AddressCount: 9 },
      ],
    });
    const { calls, registrations } = await deploy(readConfig);
    const asked = calls.map(({ token, inputs }) => [token.split(":").at(-1), inputs] as const);
    assert.deepEqual(asked.sort(), [
      ["getInstanceType", { instanceType: "t4g.micro" }],
      ["getInternetGateway", { filters: [{ name: "attachment.vpc-id", values: ["vpc-1"] }] }],
      ["getSubnet", { id: "subnet-a" }],
      ["getSubnet", { id: "subnet-dual" }],
      ["getSubnet", { id: "subnet-dual" }],
    ]);
    assert.deepEqual(registrations, []);
  });

  it("counts what waits for the address as user data, the tag key with it", async () => {
    const waiting = (bytes: number) =>
      pool({ group: { userData: "x".repeat(bytes), waitForAddress: true } });
    const limit = 16_384;
    let most = limit;
    await assert.rejects(read(waiting(limit)), ({ message }: Error) => {
      most -= Number(/and EC2 takes 16384; write (\d+) fewer$/.exec(message)?.[1]);
      return most < limit;
    });
    await read(waiting(most));
    await assertRefuses({ ...waiting(most), tagKey: "network-interface-manager-pools" }, [
      "pools[0].group.userData makes, with waitForAddress, 16385 bytes, and EC2 takes 16384; write 1 fewer",
    ]);
  });
});
