import type * as aws from "@pulumi/aws";

/** What the manager's rights are limited to. */
export interface RightsScope {
  tagKey: string;
  /** Absent: every pool with the tag key. */
  pools?: string[];
  /** The queue's ARN, which also tells partition, Region and account of everything else. */
  queueArn: string;
  logGroupArn: string;
}

/**
 * The manager's whole policy. Attaching and detaching is authorised on the interface and on the
 * instance, so each has a statement of its own, and both demand the pool tag; the manager can't write
 * that tag. Describe calls know no narrower resource than `*` (Service Authorization Reference).
 */
export function rightsOf(scope: RightsScope): aws.iam.PolicyDocument {
  const { tagKey, pools, queueArn, logGroupArn } = scope;
  const [, partition, , region, account] = queueArn.split(":");
  const condition = poolCondition(tagKey, pools);
  const moves = ["ec2:AttachNetworkInterface", "ec2:DetachNetworkInterface"];
  return {
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
        Action: moves,
        Resource: `arn:${partition}:ec2:${region}:${account}:network-interface/*`,
        Condition: condition,
      },
      {
        Sid: "OnInstancesOfPools",
        Effect: "Allow",
        Action: moves,
        Resource: `arn:${partition}:ec2:${region}:${account}:instance/*`,
        Condition: condition,
      },
      {
        Sid: "AnswerLifecycleActionsOfPools",
        Effect: "Allow",
        Action: [
          "autoscaling:CompleteLifecycleAction",
          "autoscaling:RecordLifecycleActionHeartbeat",
        ],
        Resource: `arn:${partition}:autoscaling:${region}:${account}:autoScalingGroup:*`,
        Condition: condition,
      },
      {
        Sid: "ReceiveEvents",
        Effect: "Allow",
        Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
        Resource: queueArn,
      },
      {
        Sid: "WriteLogs",
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
        Resource: `${logGroupArn}:*`,
      },
    ],
  };
}

function poolCondition(
  tagKey: string,
  pools: string[] | undefined,
): NonNullable<aws.iam.PolicyStatement["Condition"]> {
  const key = `aws:ResourceTag/${tagKey}`;
  if (pools === undefined) return { Null: { [key]: "false" } };
  // IAM replaces ${...} in values; ${$} is how it writes a dollar sign.
  return { StringEquals: { [key]: pools.map((pool) => pool.replaceAll("$", "${$}")) } };
}
