locals {
  # Production, and test: where the next version answers before it gets production traffic.
  listeners = {
    production = { port = local.https ? 443 : 80, from = var.ingress.from, weights = { blue = 100, green = 0 } }
    test       = { port = local.https ? 8443 : 8080, from = coalesce(var.ingress.test_from, var.ingress.from), weights = { blue = 100, green = 0 } }
  }
  # One rule for each port and range.
  reachable = merge([
    for name, listener in merge(local.listeners, local.https ? { redirect = { port = 80, from = var.ingress.from } } : {}) : {
      for range in listener.from : "${name} ${range}" => { port = listener.port, range = range }
    }
  ]...)
}

resource "aws_lb" "this" {
  name                       = local.name
  load_balancer_type         = "application"
  subnets                    = [for subnet in aws_subnet.public : subnet.id]
  security_groups            = [aws_security_group.load_balancer.id]
  drop_invalid_header_fields = true
  enable_deletion_protection = var.ingress.deletion_protection
  depends_on                 = [aws_internet_gateway.this]
}

resource "aws_security_group" "load_balancer" {
  name        = "${local.name}-load-balancer"
  description = "What reaches the load balancer"
  vpc_id      = aws_vpc.this.id
  tags        = { Name = "${local.name}-load-balancer" }
}

resource "aws_vpc_security_group_ingress_rule" "load_balancer" {
  for_each          = local.reachable
  security_group_id = aws_security_group.load_balancer.id
  description       = split(" ", each.key)[0]
  cidr_ipv4         = each.value.range
  ip_protocol       = "tcp"
  from_port         = each.value.port
  to_port           = each.value.port
}

resource "aws_vpc_security_group_egress_rule" "load_balancer" {
  security_group_id            = aws_security_group.load_balancer.id
  description                  = "to the tasks"
  referenced_security_group_id = aws_security_group.tasks.id
  ip_protocol                  = "tcp"
  from_port                    = var.service.port
  to_port                      = var.service.port
}

# Two, so that the service can be deployed blue/green: the tasks that serve are in one of them.
resource "aws_lb_target_group" "this" {
  for_each             = toset(["blue", "green"])
  name                 = "${local.name}-${each.value}"
  vpc_id               = aws_vpc.this.id
  target_type          = "ip"
  protocol             = "HTTP"
  port                 = var.service.port
  deregistration_delay = var.service.drain

  health_check {
    path                = var.service.health_path
    matcher             = "200"
    interval            = 10
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 3
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_lb_listener" "this" {
  for_each          = local.listeners
  load_balancer_arn = aws_lb.this.arn
  port              = each.value.port
  protocol          = local.https ? "HTTPS" : "HTTP"
  certificate_arn   = var.ingress.certificate
  ssl_policy        = local.https ? "ELBSecurityPolicy-TLS13-1-2-2021-06" : null

  default_action {
    type = "fixed-response"
    fixed_response {
      content_type = "text/plain"
      message_body = "Nothing is served here."
      status_code  = "404"
    }
  }
}

resource "aws_lb_listener_rule" "this" {
  for_each     = local.listeners
  listener_arn = aws_lb_listener.this[each.key].arn
  priority     = 1

  action {
    type = "forward"
    forward {
      dynamic "target_group" {
        for_each = each.value.weights
        content {
          arn    = aws_lb_target_group.this[target_group.key].arn
          weight = target_group.value
        }
      }
    }
  }

  condition {
    path_pattern {
      values = ["/*"]
    }
  }

  lifecycle {
    # ECS moves the traffic; an apply must not move it back.
    ignore_changes = [action]
  }
}

resource "aws_lb_listener" "redirect" {
  count             = local.https ? 1 : 0
  load_balancer_arn = aws_lb.this.arn
  port              = 80
  protocol          = "HTTP"

  default_action {
    type = "redirect"
    redirect {
      protocol    = "HTTPS"
      port        = "443"
      status_code = "HTTP_301"
    }
  }
}

resource "aws_route53_record" "this" {
  count   = var.ingress.zone_id == null ? 0 : 1
  zone_id = var.ingress.zone_id
  name    = var.ingress.domain
  type    = "A"

  alias {
    name                   = aws_lb.this.dns_name
    zone_id                = aws_lb.this.zone_id
    evaluate_target_health = true
  }
}

# With it ECS moves the traffic of blue/green, canary and linear deployments.
resource "aws_iam_role" "traffic" {
  name = "${local.name}-traffic"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ecs.amazonaws.com" }
      Condition = { StringEquals = { "aws:SourceAccount" = local.account } }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "traffic" {
  role       = aws_iam_role.traffic.name
  policy_arn = "arn:${local.partition}:iam::aws:policy/AmazonECSInfrastructureRolePolicyForLoadBalancers"
}
