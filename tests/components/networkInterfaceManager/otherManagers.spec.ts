import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import {
  NetworkInterfaceManager,
  type NetworkInterfaceManagerArgs,
} from "../../../components/networkInterfaceManager";
import { deploy, refuse, typesAndNames } from "../../mocks";

const MANAGER = "network-interface-pool:index:NetworkInterfaceManager";
const pair: NetworkInterfaceManagerArgs = { pools: ["pair", { name: "licence" }] };

/** A program with two managers, as Pulumi runs it. */
const programOf =
  (
    first: NetworkInterfaceManagerArgs,
    second: NetworkInterfaceManagerArgs,
    opts: () => pulumi.ComponentResourceOptions = () => ({}),
  ) =>
  () =>
    pulumi.runtime.runInPulumiStack(() => {
      new NetworkInterfaceManager("first", first);
      new NetworkInterfaceManager("second", second, opts());
      return Promise.resolve({});
    });

describe("two managers in a program", () => {
  const ends = "too; write every pool in one of them";
  const refused: [string, NetworkInterfaceManagerArgs, NetworkInterfaceManagerArgs, string][] = [
    [
      "with a pool in common",
      pair,
      { pools: ["other", "pair"] },
      `pools has other, pair, but the manager "first" looks after pair, ${ends}`,
    ],
    [
      "with a pool in common that is one of several in a tag",
      { pools: ["data,management"] },
      { pools: ["management"] },
      `pools has management, but the manager "first" looks after management, ${ends}`,
    ],
  ];
  for (const [title, first, second, message] of refused) {
    it(`are refused ${title}`, async () => {
      const { error, registrations } = await refuse(programOf(first, second));
      assert.ok(pulumi.ResourceError.isInstance(error));
      assert.equal(error.message, message);
      assert.ok(!typesAndNames(registrations).includes("aws:lambda/function:Function second"));
    });
  }

  const elsewhere = () => ({ provider: new aws.Provider("far", { region: "us-east-1" }) });
  const accepted: [string, ReturnType<typeof programOf>][] = [
    ["with pools of their own", programOf(pair, { pools: ["other"] })],
    ["of which one looks after every pool", programOf({}, pair)],
    ["that both look after every pool", programOf({}, {})],
    ["with tag keys of their own", programOf(pair, { ...pair, tagKey: "team:pool" })],
    [
      "with providers of their own, which may be of other Regions",
      programOf(pair, pair, elsewhere),
    ],
  ];
  for (const [title, program] of accepted) {
    it(`are accepted ${title}, also where the program runs again`, async () => {
      for (const { registrations } of [await deploy(program), await deploy(program)]) {
        const managers = registrations.filter(({ type }) => type === MANAGER);
        assert.deepEqual(managers.map(({ name }) => name).sort(), ["first", "second"]);
      }
    });
  }
});
