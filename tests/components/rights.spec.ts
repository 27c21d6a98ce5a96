import assert from "node:assert/strict";
import {
  onDemandRightsOf,
  rightsOf,
  type RightsScope,
} from "../../components/networkInterfaceManager/rights";

const scope = {
  tagKey: "team:pool",
  queueArn: "arn:aws:sqs:eu-west-1:111122223333:events",
  logGroupArn: "arn:aws:logs:eu-west-1:111122223333:log-group:manager",
};

interface Statement {
  Sid: string;
  Resource: string | string[];
  Condition?: unknown;
}

/** As IAM reads it: JSON. */
function statementsOf(changes: Partial<RightsScope>): Statement[] {
  const text = JSON.stringify(rightsOf({ ...scope, ...changes }));
  return (JSON.parse(text) as { Statement: Statement[] }).Statement;
}

describe("rightsOf", () => {
  it("gives exactly the calls that the manager makes, each on no more than it needs", () => {
    const Condition = { StringEquals: { "aws:ResourceTag/team:pool": ["licence", "cluster"] } };
    assert.deepEqual(rightsOf({ ...scope, pools: ["licence", "cluster"] }), {
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "Observe",
          Effect: "Allow",
          Action: [
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeInstances",
            "ec2:DescribeInstanceTypes",
            "autoscaling:DescribeAutoScalingGroups",
            "autoscaling:DescribeWarmPool",
          ],
          Resource: "*",
        },
        {
          Sid: "MoveInterfacesOfPools",
          Effect: "Allow",
          Action: ["ec2:AttachNetworkInterface", "ec2:DetachNetworkInterface"],
          Resource: "arn:aws:ec2:eu-west-1:111122223333:network-interface/*",
          Condition,
        },
        {
          Sid: "OnInstancesOfPools",
          Effect: "Allow",
          Action: ["ec2:AttachNetworkInterface", "ec2:DetachNetworkInterface"],
          Resource: "arn:aws:ec2:eu-west-1:111122223333:instance/*",
          Condition,
        },
        {
          Sid: "AnswerLifecycleActionsOfPools",
          Effect: "Allow",
          Action: [
            "autoscaling:CompleteLifecycleAction",
            "autoscaling:RecordLifecycleActionHeartbeat",
          ],
          Resource: "arn:aws:autoscaling:eu-west-1:111122223333:autoScalingGroup:*",
          Condition,
        },
        {
          Sid: "ReceiveEvents",
          Effect: "Allow",
          Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
          Resource: "arn:aws:sqs:eu-west-1:111122223333:events",
        },
        {
          Sid: "WriteLogs",
          Effect: "Allow",
          Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
          Resource: "arn:aws:logs:eu-west-1:111122223333:log-group:manager:*",
        },
      ],
    });
  });

  it("demands the tag key alone when no pools are named", () => {
    const condition = { Null: { "aws:ResourceTag/team:pool": "false" } };
    const conditions = statementsOf({}).map(({ Sid, Condition }) => [Sid, Condition]);
    assert.deepEqual(conditions, [
      ["Observe", undefined],
      ["MoveInterfacesOfPools", condition],
      ["OnInstancesOfPools", condition],
      ["AnswerLifecycleActionsOfPools", condition],
      ["ReceiveEvents", undefined],
      ["WriteLogs", undefined],
    ]);
  });

  it("keeps IAM from reading a variable in a pool's name", () => {
    const [, move] = statementsOf({ pools: ["${aws:username}-$$", "web*?"] });
    assert.deepEqual(move?.Condition, {
      // StringEquals knows no wildcards, so that these need no care.
      StringEquals: { "aws:ResourceTag/team:pool": ["${$}{aws:username}-${$}${$}", "web*?"] },
    });
  });

  it("stays within the queue's partition, Region and account", () => {
    const queueArn = "arn:aws-cn:sqs:cn-north-1:444455556666:events";
    assert.deepEqual(
      statementsOf({ queueArn }).map(({ Resource }) => Resource),
      [
        "*",
        "arn:aws-cn:ec2:cn-north-1:444455556666:network-interface/*",
        "arn:aws-cn:ec2:cn-north-1:444455556666:instance/*",
        "arn:aws-cn:autoscaling:cn-north-1:444455556666:autoScalingGroup:*",
        "arn:aws-cn:sqs:cn-north-1:444455556666:events",
        "arn:aws:logs:eu-west-1:111122223333:log-group:manager:*",
      ],
    );
  });

  describe("where the tag of instances names several pools", () => {
    const pools = ["licence", "data", "management"];
    const poolTags = ["licence", "data,management"];

    it("names pools on interfaces, and whole values of the tag on instances and groups", () => {
      const onKey = (values: string[]) => ({
        StringEquals: { "aws:ResourceTag/team:pool": values },
      });
      const conditions = statementsOf({ pools, poolTags }).map(({ Sid, Condition }) => [
        Sid,
        Condition,
      ]);
      assert.deepEqual(conditions, [
        ["Observe", undefined],
        ["MoveInterfacesOfPools", onKey(pools)],
        ["OnInstancesOfPools", onKey(poolTags)],
        ["AnswerLifecycleActionsOfPools", onKey(poolTags)],
        ["ReceiveEvents", undefined],
        ["WriteLogs", undefined],
      ]);
    });
  });

  describe("where interfaces are made on demand", () => {
    const onDemand = {
      pools: ["second", "${third}"],
      madeOf: [
        "arn:aws:ec2:eu-west-1:444455556666:subnet/subnet-shared",
        "arn:aws:ec2:eu-west-1:111122223333:security-group/sg-1",
      ],
    };
    const pools = ["licence", "second", "${third}"];
    const poolTags = ["licence,second", "${third}"];
    const interfaces = "arn:aws:ec2:eu-west-1:111122223333:network-interface/*";
    const names = ["second", "${$}{third}"];
    const madeOnDemand = {
      StringEquals: { "aws:ResourceTag/team:pool": names },
      Null: { "aws:ResourceTag/network-interface-pool-made-for": "false" },
    };

    it("lets them be made of these alone, tagged as they are made, changed and deleted", () => {
      const statements = statementsOf({ pools, poolTags, onDemand });
      assert.deepEqual(statements.slice(4, -2), [
        {
          Sid: "MakeInterfacesOnDemand",
          Effect: "Allow",
          Action: "ec2:CreateNetworkInterface",
          Resource: interfaces,
          Condition: { StringEquals: { "aws:RequestTag/team:pool": names } },
        },
        {
          Sid: "MakeThemOfThese",
          Effect: "Allow",
          Action: "ec2:CreateNetworkInterface",
          Resource: onDemand.madeOf,
        },
        {
          Sid: "TagThemAsTheyAreMade",
          Effect: "Allow",
          Action: "ec2:CreateTags",
          Resource: interfaces,
          Condition: {
            StringEquals: {
              "aws:RequestTag/team:pool": names,
              "ec2:CreateAction": "CreateNetworkInterface",
            },
            "ForAllValues:StringEquals": {
              "aws:TagKeys": ["team:pool", "network-interface-pool-made-for", "Name"],
            },
          },
        },
        {
          Sid: "LetThemEndWithTheirInstance",
          Effect: "Allow",
          Action: "ec2:ModifyNetworkInterfaceAttribute",
          Resource: interfaces,
          Condition: madeOnDemand,
        },
        {
          Sid: "OnTheirInstance",
          Effect: "Allow",
          Action: "ec2:ModifyNetworkInterfaceAttribute",
          Resource: "arn:aws:ec2:eu-west-1:111122223333:instance/*",
          Condition: {
            StringEquals: { "aws:ResourceTag/team:pool": ["licence,second", "${$}{third}"] },
          },
        },
        {
          Sid: "DeleteThemUnused",
          Effect: "Allow",
          Action: "ec2:DeleteNetworkInterface",
          Resource: interfaces,
          Condition: madeOnDemand,
        },
      ]);
    });

    it("changes nothing of the other rights", () => {
      const statements = statementsOf({ pools, poolTags, onDemand });
      assert.deepEqual(
        [...statements.slice(0, 4), ...statements.slice(-2)],
        statementsOf({ pools, poolTags }),
      );
    });

    it("gives nothing of it where no pool is filled so", () => {
      const none = { pools: [], madeOf: [] };
      const document = JSON.stringify(rightsOf({ ...scope, pools, onDemand: none }));
      assert.equal(document, JSON.stringify(rightsOf({ ...scope, pools })));
      for (const action of ["CreateNetworkInterface", "DeleteNetworkInterface", "CreateTags"]) {
        assert.equal(document.includes(action), false);
      }
      assert.equal(document.includes("ModifyNetworkInterfaceAttribute"), false);
    });
  });
});

describe("onDemandRightsOf", () => {
  const subnet = (id: string, arn = `arn-of-${id}`) => ({
    id,
    arn,
    availabilityZone: "eu-west-1a",
  });
  const securityGroup = (id: string) => ({ id, arn: `arn-of-${id}` });

  it("gathers the pools that are filled on demand, their subnets and groups, each once", () => {
    const rights = onDemandRightsOf([
      {
        name: "second",
        subnets: [subnet("subnet-a"), subnet("subnet-b")],
        securityGroups: [securityGroup("sg-1")],
      },
      {
        name: "third",
        subnets: [subnet("subnet-b")],
        securityGroups: [securityGroup("sg-2"), securityGroup("sg-1")],
      },
    ]);
    assert.deepEqual(rights, {
      pools: ["second", "third"],
      madeOf: ["arn-of-subnet-a", "arn-of-subnet-b", "arn-of-sg-1", "arn-of-sg-2"],
    });
  });

  it("gathers nothing where none is", () => {
    assert.deepEqual(onDemandRightsOf([]), { pools: [], madeOf: [] });
  });
});
