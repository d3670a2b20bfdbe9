variable "name" {
  description = "Name of the app; also the name of the service. Example: shop"
  type        = string

  validation {
    condition     = can(regex("^[a-z](?:[a-z0-9-]{0,18}[a-z0-9])?$", var.name))
    error_message = "name: 1 to 20 characters, small letters, digits and dashes, from a letter to a letter or digit. Example: name = \"shop\""
  }
}

variable "environment" {
  description = "Environment of the GitHub repository that deploys here; also part of every name. Example: production"
  type        = string

  validation {
    condition     = can(regex("^[a-z](?:[a-z0-9-]{0,18}[a-z0-9])?$", var.environment))
    error_message = "environment: 1 to 20 characters, small letters, digits and dashes, from a letter to a letter or digit. Example: environment = \"production\""
  }
  validation {
    # The longest name is that of a target group, <name>-<environment>-green: AWS takes 32 characters.
    condition     = length(var.name) + length(var.environment) <= 25
    error_message = "environment: name and environment together have more than 25 characters, and AWS does not take the names made of them. Example: name = \"shop\", environment = \"production\""
  }
}

variable "github" {
  description = <<-TEXT
    Who may deploy.
    repository: owner/name.
    owner_id, repository_id: numbers of both, for repositories whose OIDC tokens have them in `sub` (default for
      those created since July 2026). `gh api repos/OWNER/NAME --jq '.owner.id, .id'` prints them.
    trust_names: whether a `sub` without the numbers is trusted too.
    build_refs: refs whose runs may push an image; `*` is allowed in tags only.
    issuer: another one for GitHub Enterprise, https://HOST/_services/token or https://token.actions.githubusercontent.com/SLUG.
    create_provider: false where the account has the identity provider of this issuer already.
    may_create_service: whether a deployment may also create the service, and delete it when that fails; only for
      services that are not made here.
  TEXT
  type = object({
    repository         = string
    owner_id           = optional(number)
    repository_id      = optional(number)
    trust_names        = optional(bool, true)
    build_refs         = optional(list(string), ["refs/heads/main"])
    issuer             = optional(string, "https://token.actions.githubusercontent.com")
    create_provider    = optional(bool, true)
    may_create_service = optional(bool, false)
  })

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9-]{0,38}(?:_[A-Za-z0-9]+)?/[A-Za-z0-9_.-]{1,100}$", var.github.repository))
    error_message = "github.repository: not owner/name. Example: repository = \"octo-org/shop\""
  }
  validation {
    condition     = (var.github.owner_id == null) == (var.github.repository_id == null)
    error_message = "github.owner_id and github.repository_id: one of them is missing. Example: owner_id = 123456, repository_id = 456789"
  }
  validation {
    condition     = var.github.trust_names || var.github.owner_id != null
    error_message = "github.trust_names: false needs owner_id and repository_id, or nobody could deploy. Example: owner_id = 123456, repository_id = 456789"
  }
  validation {
    condition = alltrue([
      for ref in var.github.build_refs : can(regex("^refs/(?:heads/[A-Za-z0-9._/-]+|tags/[A-Za-z0-9._/*-]+)$", ref))
    ])
    error_message = "github.build_refs: not full refs, or a * outside of tags. Example: build_refs = [\"refs/heads/main\", \"refs/tags/v*\"]"
  }
  validation {
    condition     = can(regex("^https://[^\\s/]+(?:/[^\\s/]+)*$", var.github.issuer))
    error_message = "github.issuer: not an https address without a slash at its end. Example: issuer = \"https://token.actions.githubusercontent.com\""
  }
}

variable "network" {
  description = <<-TEXT
    cidr: addresses of the VPC.
    zones: two availability zones; default are the first two of the region.
    tasks: "public" (own public address, nothing reaches them but the load balancer) or "private".
    nat: gateways for private tasks: "none", "one" (cheaper) or "per-zone" (outlives a zone).
    endpoints: services that are reached without the internet, each for about 15 USD a month in two zones.
      Amazon S3 is always one of them, for nothing.
  TEXT
  type = object({
    cidr      = optional(string, "10.0.0.0/16")
    zones     = optional(list(string))
    tasks     = optional(string, "private")
    nat       = optional(string, "one")
    endpoints = optional(set(string), [])
  })
  default = {}

  validation {
    condition     = can(cidrsubnet(var.network.cidr, 4, 15)) && try(tonumber(split("/", var.network.cidr)[1]), 0) >= 16 && try(tonumber(split("/", var.network.cidr)[1]), 99) <= 22
    error_message = "network.cidr: not an IPv4 range from /16 to /22. Example: cidr = \"10.0.0.0/16\""
  }
  validation {
    condition     = var.network.zones == null || try(length(distinct(var.network.zones)) == 2 && length(var.network.zones) == 2, false)
    error_message = "network.zones: not two different zones. Example: zones = [\"eu-central-1a\", \"eu-central-1b\"]"
  }
  validation {
    condition     = contains(["public", "private"], var.network.tasks)
    error_message = "network.tasks: not one of public, private. Example: tasks = \"private\""
  }
  validation {
    condition     = contains(["none", "one", "per-zone"], var.network.nat)
    error_message = "network.nat: not one of none, one, per-zone. Example: nat = \"per-zone\""
  }
  validation {
    condition = length(setsubtract(var.network.endpoints, [
      "ecr.api", "ecr.dkr", "logs", "secretsmanager", "ssm", "ssmmessages", "sts", "kms",
    ])) == 0
    error_message = "network.endpoints: only ecr.api, ecr.dkr, logs, secretsmanager, ssm, ssmmessages, sts, kms. Example: endpoints = [\"ecr.api\", \"ecr.dkr\", \"logs\"]"
  }
  validation {
    condition = (
      var.network.tasks == "public" || var.network.nat != "none" ||
      length(setsubtract(["ecr.api", "ecr.dkr", "logs"], var.network.endpoints)) == 0
    )
    error_message = "network.endpoints: private tasks without NAT need ecr.api, ecr.dkr and logs, or they cannot start. Example: endpoints = [\"ecr.api\", \"ecr.dkr\", \"logs\"]"
  }
}

variable "ingress" {
  description = <<-TEXT
    from: who reaches the app, as IPv4 ranges.
    test_from: who reaches the next version on the test listener; default is `from`.
    certificate: ARN of a certificate in this region; with it the app is served by HTTPS, and HTTP leads there.
    domain: name that the certificate is for; needed with it.
    zone_id: hosted zone in Route 53 that gets the record of the domain; without it the record is yours to make.
    deletion_protection: whether the load balancer withstands a `terraform destroy`.
  TEXT
  type = object({
    from                = optional(list(string), ["0.0.0.0/0"])
    test_from           = optional(list(string))
    certificate         = optional(string)
    domain              = optional(string)
    zone_id             = optional(string)
    deletion_protection = optional(bool, false)
  })
  default = {}

  validation {
    condition     = alltrue([for range in concat(var.ingress.from, coalesce(var.ingress.test_from, [])) : can(cidrhost(range, 0))])
    error_message = "ingress.from, ingress.test_from: not IPv4 ranges. Example: from = [\"203.0.113.0/24\"]"
  }
  validation {
    condition     = var.ingress.certificate == null || can(regex("^arn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate/.+$", var.ingress.certificate))
    error_message = "ingress.certificate: not the ARN of a certificate. Example: certificate = \"arn:aws:acm:eu-central-1:123456789012:certificate/0a1b2c3d\""
  }
  validation {
    condition     = (var.ingress.certificate == null) == (var.ingress.domain == null)
    error_message = "ingress.certificate and ingress.domain: one of them is missing; the app is asked by the name that the certificate is for. Example: domain = \"shop.example.com\""
  }
  validation {
    condition     = var.ingress.zone_id == null || var.ingress.domain != null
    error_message = "ingress.zone_id: needs domain. Example: domain = \"shop.example.com\""
  }
}
