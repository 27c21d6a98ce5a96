import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import program from "../index";
import { clearConfiguration, configure } from "./configuration";
import { runProgram, type Run } from "./engine";
import { deploy, type Deployment, find, typesAndNames, UNKNOWN } from "./mocks";
import type { Registration } from "../simulator/deploy/registrations";

const STACK = "Stack network-interface-pool-production";
const INTERFACE = "aws:ec2/networkInterface:NetworkInterface";

const runWith = (preview: boolean, pools: unknown[]): Promise<Run> =>
  runProgram({
    preview,
    stack: "production",
    config: {
      "aws:region": "eu-west-1",
      "network-interface-pool:pools": JSON.stringify(pools),
      "network-interface-pool:syncInterval": "5",
    },
  });

describe("program, as the command line runs it", () => {
  let preview: Run;
  let update: Run;
  let mistaken: Run;
  let inThisProcess: Deployment;
  before(async () => {
    const pools = [
      { name: "licence", subnetId: "subnet-a", addresses: ["10.1.0.11", "10.1.0.10"] },
      { name: "web", size: 2, group: { maxSize: 1 } },
    ];
    [preview, update, mistaken] = await Promise.all([
      runWith(true, pools),
      runWith(false, pools),
      runWith(true, [{ name: "licence", size: 0, group: { size: 1 } }]),
    ]);
    configure({ pools, syncInterval: 5 });
    inThisProcess = await deploy(() => pulumi.runtime.runInPulumiStack(program));
  });

  after(clearConfiguration);

  it("registers and exports in an update what it does in this process", () => {
    const comparable = ({ registrations, outputs }: Deployment) => {
      const byName = registrations.map((one) => [`${one.type} ${one.name}`, one] as const);
      return { registrations: Object.fromEntries(byName), outputs };
    };
    assert.deepEqual(comparable(update), comparable(inThisProcess));
  });

  it("registers every resource in an update", () => {
    const ofManager = ({ parent }: Registration) => parent === "NetworkInterfaceManager manager";
    const others = update.registrations.filter((registration) => !ofManager(registration));
    assert.deepEqual(typesAndNames(others), [
      "aws:autoscaling/group:Group web",
      "aws:autoscaling/lifecycleHook:LifecycleHook web-network-interface-pool-launch",
      "aws:autoscaling/lifecycleHook:LifecycleHook web-network-interface-pool-terminate",
      "aws:ec2/launchTemplate:LaunchTemplate web",
      "aws:ec2/networkInterface:NetworkInterface licence-0",
      "aws:ec2/networkInterface:NetworkInterface licence-1",
      "aws:ec2/networkInterface:NetworkInterface web-0",
      "aws:ec2/networkInterface:NetworkInterface web-1",
      "aws:ec2/securityGroup:SecurityGroup licence",
      "aws:ec2/securityGroup:SecurityGroup web",
      "awsx:ec2:Vpc network",
      "network-interface-pool:index:NetworkInterfaceManager manager",
      "network-interface-pool:index:NetworkInterfacePool licence",
      "network-interface-pool:index:NetworkInterfacePool web",
      "network-interface-pool:index:SingleZoneGroup web",
      "pulumi:pulumi:Stack network-interface-pool-production",
    ]);
    // Which these are stands in tests/components/networkInterfaceManager.spec.ts.
    assert.equal(update.registrations.filter(ofManager).length, 26);
  });

  it("registers the same resources in a preview, where no id is known, and protects the same", () => {
    const known = ({ registrations }: Run) =>
      registrations
        .map((one) => [one.type, one.name, one.protect, one.deleteBeforeReplace].join(" "))
        .sort();
    assert.deepEqual(known(preview), known(update));
  });

  it("ends both without an error or a warning", () => {
    assert.deepEqual([preview.exitCode, preview.messages], [0, []]);
    assert.deepEqual([update.exitCode, update.messages], [0, []]);
  });

  it("shows fixed addresses in a preview, in the given subnet and in the one to be made", () => {
    const inputsOf = (name: string) => find(preview.registrations, INTERFACE, name).inputs;
    const { privateIps, subnetId } = inputsOf("licence-0");
    assert.deepEqual([privateIps, subnetId], [["10.1.0.11"], "subnet-a"]);
    assert.equal(inputsOf("web-0").subnetId, UNKNOWN);
  });

  it("exports in a preview what is known: the zone of the given subnet", () => {
    const unknown = {
      addresses: UNKNOWN,
      macAddresses: UNKNOWN,
      networkInterfaceIds: UNKNOWN,
      availabilityZone: UNKNOWN,
    };
    assert.deepEqual(preview.outputs[STACK], {
      pools: {
        licence: { ...unknown, availabilityZone: "eu-west-1a" },
        web: { ...unknown, groupName: UNKNOWN },
      },
      managerFunctionName: UNKNOWN,
    });
  });

  it("tells every mistake of the configuration by messages and status, and registers nothing", () => {
    assert.equal(mistaken.exitCode, 32);
    assert.deepEqual(mistaken.messages, [
      "The configuration of stack production can't be used; nothing was created. " +
        "Mend these in Pulumi.production.yaml:\n" +
        "pools[0].group.size is no key here; write one of subnetIds, securityGroupIds, instanceType, imageId, imageParameter, " +
        "desiredCapacity, maxSize, furtherPools, userData, waitForAddress, keyName, instanceProfile, healthCheckGracePeriod, or leave it out\n" +
        "pools[0].size is 0; write a whole number from 1 to 1000",
    ]);
    assert.deepEqual(typesAndNames(mistaken.registrations), [
      "pulumi:pulumi:Stack network-interface-pool-production",
    ]);
  });
});
