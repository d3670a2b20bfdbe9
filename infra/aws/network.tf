# Two zones, each with a public subnet (load balancer, NAT) and a private one.
data "aws_availability_zones" "this" {
  state = "available"

  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"]
  }
}

locals {
  zones = { for index, zone in coalesce(var.network.zones, slice(data.aws_availability_zones.this.names, 0, 2)) : tostring(index) => zone }
  # Zones by number: with private tasks each zone asks its own gateway, or the one that there is.
  nat = {
    none       = {}
    one        = { for index, zone in local.zones : index => zone if index == "0" }
    "per-zone" = local.zones
  }[var.network.tasks == "private" ? var.network.nat : "none"]
  task_subnets = [for subnet in var.network.tasks == "public" ? aws_subnet.public : aws_subnet.private : subnet.id]
}

resource "aws_vpc" "this" {
  cidr_block           = var.network.cidr
  enable_dns_hostnames = true # endpoints answer by the names of the services
  enable_dns_support   = true
  tags                 = { Name = local.name }
}

# Nobody uses it by mistake: it lets nothing in or out.
resource "aws_default_security_group" "this" {
  vpc_id = aws_vpc.this.id
  tags   = { Name = "${local.name}-unused" }
}

resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id
  tags   = { Name = local.name }
}

resource "aws_subnet" "public" {
  for_each          = local.zones
  vpc_id            = aws_vpc.this.id
  availability_zone = each.value
  cidr_block        = cidrsubnet(var.network.cidr, 4, tonumber(each.key))
  tags              = { Name = "${local.name}-public-${each.value}" }
}

resource "aws_subnet" "private" {
  for_each          = local.zones
  vpc_id            = aws_vpc.this.id
  availability_zone = each.value
  cidr_block        = cidrsubnet(var.network.cidr, 4, 8 + tonumber(each.key))
  tags              = { Name = "${local.name}-private-${each.value}" }
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.this.id
  tags   = { Name = "${local.name}-public" }
}

resource "aws_route" "internet" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.this.id
}

resource "aws_route_table_association" "public" {
  for_each       = local.zones
  subnet_id      = aws_subnet.public[each.key].id
  route_table_id = aws_route_table.public.id
}

resource "aws_route_table" "private" {
  for_each = local.zones
  vpc_id   = aws_vpc.this.id
  tags     = { Name = "${local.name}-private-${each.value}" }
}

resource "aws_route_table_association" "private" {
  for_each       = local.zones
  subnet_id      = aws_subnet.private[each.key].id
  route_table_id = aws_route_table.private[each.key].id
}

resource "aws_eip" "nat" {
  for_each   = local.nat
  domain     = "vpc"
  tags       = { Name = "${local.name}-nat-${each.value}" }
  depends_on = [aws_internet_gateway.this]
}

resource "aws_nat_gateway" "this" {
  for_each      = local.nat
  allocation_id = aws_eip.nat[each.key].id
  subnet_id     = aws_subnet.public[each.key].id
  tags          = { Name = "${local.name}-${each.value}" }
}

resource "aws_route" "nat" {
  for_each               = length(local.nat) == 0 ? {} : local.zones
  route_table_id         = aws_route_table.private[each.key].id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.this[length(local.nat) == 1 ? "0" : each.key].id
}
