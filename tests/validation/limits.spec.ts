import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { NetworkInterfaceManager } from "../../components/networkInterfaceManager";
import { checkLeastLimits } from "../../components/networkInterfaceManager/limits";
import { type ManagedPool, scopeOf } from "../../components/networkInterfaceManager/pools";
import type { Registration } from "../../simulator/deploy/registrations";
import { asRecord, deploy, find } from "../mocks";
import { refuseLater } from "../refusals";

const FUNCTION = "aws:lambda/function:Function";
const ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy";

const poolsOf = <Pool>(count: number, poolOf: (name: string) => Pool) =>
  Array.from({ length: count }, (_, index) => poolOf(String(index).padStart(14, "n")));
const place = { subnetIds: ["subnet-a", "subnet-small"], securityGroupIds: ["sg-1"] };

/** Of what is deployed, as AWS counts it. */
const lengthIn: Record<string, (registrations: Registration[]) => number> = {
  characters: (registrations) =>
    String(find(registrations, ROLE_POLICY, "manager").inputs.policy).replaceAll(/\s/g, "").length,
  bytes: (registrations) => {
    const { variables } = asRecord(find(registrations, FUNCTION, "manager").inputs.environment);
    return Buffer.byteLength(JSON.stringify(variables));
  },
};

describe("the limits of a manager's policy and environment", () => {
  const cases: [unit: string, most: number, pools: (string | ManagedPool)[]][] = [
    ["characters", 10_240, poolsOf(23, (name) => name.padStart(121, "n"))],
    ["bytes", 4096, poolsOf(24, (name) => ({ name, onDemand: place }))],
  ];
  for (const [unit, most, pools] of cases) {
    /** How long something is with a tag key of this length, where that is more than AWS takes. */
    const tooLong = (keyLength: number) => {
      const scope = scopeOf("k".repeat(keyLength), pools);
      const messages = checkLeastLimits("manager", scope, "wait").map(({ message }) => message);
      const found = new RegExp(` (\\d+) ${unit} long`).exec(messages.join());
      return found === null ? undefined : Number(found[1]);
    };

    it(`takes as many ${unit} as AWS does, and no more`, async () => {
      const lengths = Array.from({ length: 128 }, (_, index) => index + 1).map(tooLong);
      const longestKey = lengths.findIndex((length) => length !== undefined);
      assert.ok(longestKey > 0);
      const [first = 0, second = 0] = lengths.slice(longestKey);
      const create = () =>
        new NetworkInterfaceManager("manager", { pools, tagKey: "k".repeat(longestKey) });
      const deployed = lengthIn[unit]?.((await deploy(create)).registrations);
      assert.ok(first > most && deployed !== undefined && deployed <= most);
      assert.equal(deployed, first - (second - first));
    });
  }

  it("counts security groups by what is written, as little as may be, and again when they are known", async () => {
    const securityGroupIds = pulumi.output(["sg-1", "sg-2", "sg-other"]);
    const pools = poolsOf(23, (name) => ({ name, onDemand: { ...place, securityGroupIds } }));
    const unknown = { subnetIds: [pulumi.output("subnet-a")], securityGroupIds };
    for (const onDemand of [pools[0]?.onDemand, unknown]) {
      const scope = scopeOf(
        undefined,
        pools.map(({ name }) => ({ name, onDemand })),
      );
      assert.deepEqual(checkLeastLimits("manager", scope, "wait"), []);
    }
    const { errors, registrations } = await refuseLater(
      () => new NetworkInterfaceManager("manager", { pools }),
    );
    assert.deepEqual(
      errors.map((error) => (error as Error).message),
      [
        "pools make the environment of its function 4372 bytes long, 276 more than AWS takes; " +
          "write fewer or shorter names of pools, or another manager for the rest",
      ],
    );
    const types = registrations.map(({ type }) => type);
    assert.ok(!types.includes(FUNCTION) && !types.includes(ROLE_POLICY));
  });
});
