locals {
  balancer_label = ["LoadBalancer", aws_lb.this.arn_suffix]
  service_label  = ["ClusterName", aws_ecs_cluster.this.name, "ServiceName", var.name]
  charts = [
    { title = "Requests", stat = "Sum", metrics = [concat(["AWS/ApplicationELB", "RequestCount"], local.balancer_label)] },
    {
      title = "Errors"
      stat  = "Sum"
      metrics = [
        for name in ["HTTPCode_Target_5XX_Count", "HTTPCode_ELB_5XX_Count", "HTTPCode_Target_4XX_Count"] :
        concat(["AWS/ApplicationELB", name], local.balancer_label)
      ]
    },
    {
      title = "Time to answer (half, 95 of 100, in seconds)"
      stat  = "p50"
      metrics = [
        concat(["AWS/ApplicationELB", "TargetResponseTime"], local.balancer_label),
        concat(["AWS/ApplicationELB", "TargetResponseTime"], local.balancer_label, [{ stat = "p95" }]),
      ]
    },
    {
      title = "Healthy and unhealthy tasks"
      stat  = "Maximum"
      metrics = flatten([
        for color, group in aws_lb_target_group.this : [
          for name in ["HealthyHostCount", "UnHealthyHostCount"] :
          { line = concat(["AWS/ApplicationELB", name, "TargetGroup", group.arn_suffix], local.balancer_label, [{ label = "${name} ${color}" }]) }
        ]
      ])[*].line
    },
    { title = "CPU in percent", stat = "Average", metrics = [concat(["AWS/ECS", "CPUUtilization"], local.service_label)] },
    { title = "Memory in percent", stat = "Average", metrics = [concat(["AWS/ECS", "MemoryUtilization"], local.service_label)] },
  ]
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = local.name
  dashboard_body = jsonencode({
    widgets = concat(
      [
        for index, chart in local.charts : {
          type       = "metric"
          x          = index % 2 * 12
          y          = floor(index / 2) * 6
          width      = 12
          height     = 6
          properties = { title = chart.title, region = local.region, stat = chart.stat, period = 60, metrics = chart.metrics }
        }
      ],
      [{
        type   = "alarm"
        x      = 0
        y      = 18
        width  = 24
        height = 3
        properties = {
          title  = "Alarms"
          alarms = concat([for alarm in local.rollout_alarms : alarm.arn], [aws_cloudwatch_metric_alarm.cpu.arn])
        }
      }],
    )
  })
}
