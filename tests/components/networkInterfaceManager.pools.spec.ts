import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { NetworkInterfaceManager } from "../../components/networkInterfaceManager";
import { rightsOf } from "../../components/networkInterfaceManager/rights";
import { readSettings } from "../../handler/settings";
import { asRecord, deploy, type Deployment, find } from "../mocks";

const ACCOUNT = "eu-west-1:111122223333";
const pools = ["licence", "data", "management", "pair", "fast", "second"];
const poolTags = ["licence", "data,management", "pair", "fast", "second"];

describe("NetworkInterfaceManager, of several pools in one tag and of pools filled on demand", () => {
  // Serialising the function takes a second, so the specs share what they only look at.
  let deployment: Deployment & { value: NetworkInterfaceManager };
  before(async () => {
    const create = () =>
      new NetworkInterfaceManager("manager", {
        pools: [
          "licence",
          "data,management",
          { name: "pair", whenExhausted: "continue" },
          { name: "fast", detachAfterOtherHooks: true, enaSrd: "tcpAndUdp", enaQueueCount: 4 },
          {
            name: "second",
            onDemand: {
              subnetIds: ["subnet-other", pulumi.output("subnet-small")],
              securityGroupIds: pulumi.output(["sg-1"]),
            },
          },
        ],
      });
    deployment = await deploy(create);
  });

  const inputsOf = (type: string) => find(deployment.registrations, type, "manager").inputs;

  function variables(): Record<string, unknown> {
    const { environment } = inputsOf("aws:lambda/function:Function");
    return asRecord(asRecord(environment).variables);
  }

  it("offers the names of its pools, and the values that the tag may have", () => {
    assert.deepEqual(deployment.value.pools, pools);
    assert.deepEqual(deployment.value.poolTags, poolTags);
  });

  it("tells its function what the pools have of their own, and the tag's values with several of them", () => {
    const { POOL_SETTINGS, ...others } = variables();
    assert.deepEqual(others, {
      POOL_TAG_KEY: "network-interface-manager-pool",
      POOL_TAGS: '["licence","data,management","pair","fast","second"]',
      WHEN_POOL_IS_EXHAUSTED: "wait",
    });
    assert.deepEqual(JSON.parse(String(POOL_SETTINGS)), {
      pair: { whenExhausted: "continue" },
      fast: { detachAfterOtherHooks: true, enaSrd: "tcpAndUdp", enaQueueCount: 4 },
      second: {
        onDemand: {
          subnetIds: { "eu-west-1a": "subnet-other", "eu-west-1b": "subnet-small" },
          securityGroupIds: ["sg-1"],
        },
      },
    });
  });

  it("tells its function what that can read", () => {
    const texts = Object.entries(variables()).map(([key, value]) => [key, String(value)]);
    const read = readSettings(Object.fromEntries(texts) as Record<string, string>);
    assert.deepEqual([read.pools, read.poolTags], [pools, poolTags]);
    assert.deepEqual(Object.keys(read.poolSettings), ["pair", "fast", "second"]);
  });

  it("looks its subnets and security groups up, each once", () => {
    const token = "aws:ec2/getSubnet:getSubnet";
    const calls = deployment.calls.toSorted((one, other) => other.token.localeCompare(one.token));
    assert.deepEqual(calls, [
      { token, inputs: { id: "subnet-other" } },
      { token, inputs: { id: "subnet-small" } },
      { token: "aws:ec2/getSecurityGroup:getSecurityGroup", inputs: { id: "sg-1" } },
    ]);
  });

  it("has rights on the tag's values, and on the subnets and security groups of what it makes, whoever shares them", () => {
    const expected = rightsOf({
      tagKey: "network-interface-manager-pool",
      queueArn: `arn:aws:sqs:${ACCOUNT}:manager-events`,
      logGroupArn: `arn:aws:logs:${ACCOUNT}:log-group:manager-1a2b`,
      pools,
      poolTags,
      onDemand: {
        pools: ["second"],
        madeOf: [
          "arn:aws:ec2:eu-west-1:444455556666:subnet/subnet-other",
          `arn:aws:ec2:${ACCOUNT}:subnet/subnet-small`,
          `arn:aws:ec2:${ACCOUNT}:security-group/sg-1`,
        ],
      },
    });
    assert.equal(inputsOf("aws:iam/rolePolicy:RolePolicy").policy, JSON.stringify(expected));
  });
});
