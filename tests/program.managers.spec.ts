import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import program from "../index";
import { clearConfiguration, configure } from "./configuration";
import { asRecord, deploy, type Deployment, find, typesAndNames } from "./mocks";

const MANAGER = "network-interface-pool:index:NetworkInterfaceManager";
const STACK = "Stack network-interface-pool-production";

const subnet = { subnetId: "subnet-a", size: 2 };
const group = { instanceType: "t4g.small", furtherPools: ["management"] };
const pools = [
  { name: "licence", ...subnet },
  { name: "data", ...subnet, manager: "cluster", group },
  { name: "management", ...subnet, manager: "cluster", whenExhausted: "continue" },
  { name: "bastion", ...subnet, manager: "edge-2" },
  { name: "nat", ...subnet },
];

function deployWith(keys: Record<string, unknown>): Promise<Deployment> {
  configure(keys);
  return deploy(() => pulumi.runtime.runInPulumiStack(program));
}

const outputsOf = ({ outputs }: Deployment) => asRecord(outputs[STACK]);

/** What a manager's function is told of its pools. */
function told({ registrations }: Deployment, manager: string): unknown {
  const { environment } = find(registrations, "aws:lambda/function:Function", manager).inputs;
  const { POOL_TAGS, POOL_SETTINGS } = asRecord(asRecord(environment).variables);
  return [POOL_TAGS, POOL_SETTINGS];
}

/** The manager's resources, with its own name taken from theirs. */
function rolesOf({ registrations }: Deployment, manager: string): string[] {
  return typesAndNames(
    registrations
      .filter(({ parent }) => parent === `NetworkInterfaceManager ${manager}`)
      .map((one) => ({ ...one, name: one.name.replace(manager, "") })),
  );
}

describe("program, with pools divided over three managers", () => {
  let deployment: Deployment;
  let alone: Deployment;
  before(async () => {
    deployment = await deployWith({ pools, tagKey: "team:pool", memorySize: 3008 });
    alone = await deployWith({ pools: [{ name: "licence", ...subnet }] });
  });

  after(clearConfiguration);

  it("creates each that a pool names, and one for those that name none, with the same settings", () => {
    const managers = deployment.registrations.filter(({ type }) => type === MANAGER);
    assert.deepEqual(
      managers.map(({ name, inputs }) => [name, inputs.tagKey, inputs.memorySize]).sort(),
      [
        ["cluster", "team:pool", 3008],
        ["edge-2", "team:pool", 3008],
        ["manager", "team:pool", 3008],
      ],
    );
  });

  it("tells each of its own pools alone, and of tags that name several", () => {
    const settings = JSON.stringify({ management: { whenExhausted: "continue" } });
    assert.deepEqual(told(deployment, "manager"), ['["licence","nat"]', undefined]);
    const cluster = '["data","data,management","management"]';
    assert.deepEqual(told(deployment, "cluster"), [cluster, settings]);
    assert.deepEqual(told(deployment, "edge-2"), ['["bastion"]', undefined]);
  });

  it("gives each all that a manager alone has, and a role with rights on its own pools", () => {
    const roles = rolesOf(alone, "manager");
    for (const manager of ["manager", "cluster", "edge-2"]) {
      assert.deepEqual(rolesOf(deployment, manager), roles);
    }
    const { policy } = find(
      deployment.registrations,
      "aws:iam/rolePolicy:RolePolicy",
      "edge-2",
    ).inputs;
    assert.match(String(policy), /"aws:ResourceTag\/team:pool":\["bastion"\]/);
    assert.doesNotMatch(String(policy), /licence|data|nat"/);
  });

  it("tells of each manager how to find it, and of the first one as if it were alone", () => {
    const { managerFunctionName, managers } = outputsOf(deployment);
    assert.equal(managerFunctionName, "manager-1a2b");
    assert.deepEqual(managers, {
      manager: { functionName: "manager-1a2b", logGroupName: "manager-1a2b" },
      cluster: { functionName: "cluster-1a2b", logGroupName: "cluster-1a2b" },
      "edge-2": { functionName: "edge-2-1a2b", logGroupName: "edge-2-1a2b" },
    });
  });

  it("tells of one manager alone its function's name, whatever it is called", async () => {
    assert.deepEqual(Object.keys(outputsOf(alone)).sort(), ["managerFunctionName", "pools"]);
    const named = await deployWith({ pools: [{ name: "licence", ...subnet, manager: "east" }] });
    assert.equal(outputsOf(named).managerFunctionName, "east-1a2b");
    assert.deepEqual(Object.keys(outputsOf(named)).sort(), ["managerFunctionName", "pools"]);
  });
});
