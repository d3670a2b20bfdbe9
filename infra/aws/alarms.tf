locals {
  # Those that end a rollout.
  rollout_alarms = concat(
    [aws_cloudwatch_metric_alarm.errors, aws_cloudwatch_metric_alarm.unanswered],
    [for alarm in aws_cloudwatch_metric_alarm.unhealthy : alarm],
  )
  load_balancer  = { LoadBalancer = aws_lb.this.arn_suffix }
  service_labels = { ClusterName = aws_ecs_cluster.this.name, ServiceName = var.name }
  told           = [for topic in aws_sns_topic.alarms : topic.arn]
}

resource "aws_sns_topic" "alarms" {
  count = length(var.alarms.emails) > 0 ? 1 : 0
  name  = "${local.name}-alarms"
}

# Each address gets a mail with a link first.
resource "aws_sns_topic_subscription" "alarms" {
  for_each  = toset(var.alarms.emails)
  topic_arn = aws_sns_topic.alarms[0].arn
  protocol  = "email"
  endpoint  = each.value
}

# A metric has no value while nothing happened, and a sum with such a one has none either: one alarm each.
resource "aws_cloudwatch_metric_alarm" "errors" {
  alarm_name          = "${local.name}-errors"
  alarm_description   = "The app answers more than ${var.alarms.errors_percent} % of the requests with a status of 500 or more."
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.alarms.errors_percent
  evaluation_periods  = 3
  datapoints_to_alarm = 2
  treat_missing_data  = "notBreaching" # there was no error
  alarm_actions       = local.told
  ok_actions          = local.told

  metric_query {
    id          = "share"
    label       = "errors in percent"
    expression  = "100 * errors / requests"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = { requests = "RequestCount", errors = "HTTPCode_Target_5XX_Count" }
    content {
      id = metric_query.key
      metric {
        namespace   = "AWS/ApplicationELB"
        metric_name = metric_query.value
        dimensions  = local.load_balancer
        stat        = "Sum"
        period      = 60
      }
    }
  }
}

# A number and no share: a request that found no task is not counted as one.
resource "aws_cloudwatch_metric_alarm" "unanswered" {
  alarm_name          = "${local.name}-unanswered"
  alarm_description   = "The load balancer has no answer of the app for more than five requests a minute."
  namespace           = "AWS/ApplicationELB"
  metric_name         = "HTTPCode_ELB_5XX_Count"
  dimensions          = local.load_balancer
  statistic           = "Sum"
  period              = 60
  comparison_operator = "GreaterThanThreshold"
  threshold           = 5
  evaluation_periods  = 3
  datapoints_to_alarm = 2
  treat_missing_data  = "notBreaching" # there was no error
  alarm_actions       = local.told
  ok_actions          = local.told
}

# One for each, as the tasks that serve are in either.
resource "aws_cloudwatch_metric_alarm" "unhealthy" {
  for_each            = aws_lb_target_group.this
  alarm_name          = "${local.name}-unhealthy-${each.key}"
  alarm_description   = "A task of target group ${each.key} does not answer ${var.service.health_path}."
  namespace           = "AWS/ApplicationELB"
  metric_name         = "UnHealthyHostCount"
  dimensions          = merge(local.load_balancer, { TargetGroup = each.value.arn_suffix })
  statistic           = "Maximum"
  period              = 60
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  evaluation_periods  = 3
  datapoints_to_alarm = 3
  treat_missing_data  = "notBreaching" # there is nothing in the group
  alarm_actions       = local.told
  ok_actions          = local.told
}

# Not for a rollout: new tasks work hard while they start.
resource "aws_cloudwatch_metric_alarm" "cpu" {
  alarm_name          = "${local.name}-cpu"
  alarm_description   = "Autoscaling does not keep up: more than 90 % of the CPU for five minutes."
  namespace           = "AWS/ECS"
  metric_name         = "CPUUtilization"
  dimensions          = local.service_labels
  statistic           = "Average"
  period              = 60
  comparison_operator = "GreaterThanThreshold"
  threshold           = 90
  evaluation_periods  = 5
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.told
  ok_actions          = local.told
}
