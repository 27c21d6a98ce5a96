import assert from "node:assert/strict";
import { rightsOf, type RightsScope } from "../../components/networkInterfaceManager/rights";

const scope = {
  tagKey: "team:pool",
  queueArn: "arn:aws:sqs:eu-west-1:111122223333:events",
  logGroupArn: "arn:aws:logs:eu-west-1:111122223333:log-group:manager",
};

interface Statement {
  Sid: string;
  Resource: string;
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
});
