import assert from "node:assert/strict";
import { RolePermissions } from "../../../simulator/aws/iam";

const ACCOUNT = "123456789012";
const arnOf = (id: string) => `arn:aws:ec2:eu-west-1:${ACCOUNT}:instance/${id}`;

const allowing = (action: string, pool: string) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: action,
        Resource: arnOf("*"),
        Condition: { StringEquals: { "aws:ResourceTag/pool": [pool] } },
      },
    ],
  });

const attach = "ec2:AttachNetworkInterface";
const licence = { arn: arnOf("i-1"), tags: { pool: "licence" } };
const cluster = { arn: arnOf("i-1"), tags: { pool: "cluster" } };

describe("RolePermissions.allow", () => {
  it("allows what a policy allows, by the tags of the resource", async () => {
    const rights = new RolePermissions(ACCOUNT, [allowing(attach, "licence")]);
    assert.equal(await rights.allow(attach, [licence]), true);
    assert.equal(await rights.allow(attach, [cluster]), false);
    assert.equal(await rights.allow(attach, [{ ...licence, tags: {} }]), false);
  });

  it("judges a resource anew when its tags change", async () => {
    const rights = new RolePermissions(ACCOUNT, [allowing(attach, "cluster")]);
    assert.equal(await rights.allow(attach, [licence]), false);
    assert.equal(await rights.allow(attach, [cluster]), true);
    assert.equal(await rights.allow(attach, [licence]), false);
  });

  it("judges every action by itself", async () => {
    const rights = new RolePermissions(ACCOUNT, [allowing(attach, "licence")]);
    assert.equal(await rights.allow(attach, [licence]), true);
    assert.equal(await rights.allow("ec2:DetachNetworkInterface", [licence]), false);
  });

  it("wants every resource of a call to be allowed", async () => {
    const rights = new RolePermissions(ACCOUNT, [allowing(attach, "licence")]);
    const other = { ...cluster, arn: arnOf("i-2") };
    assert.equal(await rights.allow(attach, [licence, other]), false);
    assert.equal(await rights.allow(attach, [other, licence]), false);
    assert.equal(await rights.allow(attach, [licence, { ...licence, arn: arnOf("i-2") }]), true);
  });

  it("takes all policies together", async () => {
    const rights = new RolePermissions(ACCOUNT, [
      allowing(attach, "licence"),
      allowing(attach, "cluster"),
    ]);
    assert.equal(await rights.allow(attach, [licence]), true);
    assert.equal(await rights.allow(attach, [cluster]), true);
  });

  it("allows nothing without a policy", async () => {
    assert.equal(await new RolePermissions(ACCOUNT, []).allow(attach, [licence]), false);
  });

  it("judges a call without a resource on all of them", async () => {
    const describeInstances = "ec2:DescribeInstances";
    const policy = (resource: string) =>
      JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: describeInstances, Resource: resource }],
      });
    assert.equal(
      await new RolePermissions(ACCOUNT, [policy("*")]).allow(describeInstances, []),
      true,
    );
    const narrow = new RolePermissions(ACCOUNT, [policy(arnOf("*"))]);
    assert.equal(await narrow.allow(describeInstances, []), false);
  });

  it("says so when IAM can't judge an action", async () => {
    const rights = new RolePermissions(ACCOUNT, []);
    await assert.rejects(rights.allow("ec2:NoSuchAction", [licence]), {
      message:
        /^IAM can't judge ec2:NoSuchAction on arn:aws:ec2:eu-west-1:123456789012:instance\/i-1: /,
    });
  });
});
