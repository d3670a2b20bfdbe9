variable "project_name" {
  description = "Name of the app; also that of its images. Example: shop"
  type        = string

  validation {
    condition     = can(regex("^[a-z](?:[a-z0-9-]{0,22}[a-z0-9])$", var.project_name)) && !strcontains(var.project_name, "--")
    error_message = "project_name: 2 to 24 characters, small letters, digits and single dashes, from a letter to a letter or digit. Example: project_name = \"shop\""
  }
}

variable "environment" {
  description = "Environment of the GitHub repository that deploys here; also part of every name. Example: production"
  type        = string

  validation {
    condition     = can(regex("^[a-z](?:[a-z0-9-]{0,22}[a-z0-9])$", var.environment)) && !strcontains(var.environment, "--")
    error_message = "environment: 2 to 24 characters, small letters, digits and single dashes, from a letter to a letter or digit. Example: environment = \"production\""
  }
}

variable "location" {
  description = "Region of Azure, by its name or its short name. Example: East US"
  type        = string
  default     = "East US"

  validation {
    condition     = can(regex("^[A-Za-z][A-Za-z0-9]*(?: [A-Za-z0-9]+)*$", var.location))
    error_message = "location: not the name of a region. Example: location = \"East US\""
  }
}

variable "cloud" {
  description = "Cloud of Azure: public, china (21Vianet) or government (US)."
  type        = string
  default     = "public"

  validation {
    condition     = contains(["public", "china", "government"], var.cloud)
    error_message = "cloud: not one of public, china, government. Example: cloud = \"public\""
  }
}

variable "tags" {
  description = "Tags of every resource, beside Stack, Environment and ManagedBy."
  type        = map(string)
  default     = {}

  validation {
    condition     = length(var.tags) <= 47 && alltrue([for name, value in var.tags : can(regex("^[^<>%&\\\\?/]{1,512}$", name)) && length(value) <= 256])
    error_message = "tags: more than 47, or a name with one of <>%&\\?/ or of more than 512 characters, or a value of more than 256. Example: tags = { CostCenter = \"1234\" }"
  }
}

variable "github" {
  description = <<-TEXT
    Who may deploy.
    repository: owner/name.
    owner_id, repository_id: numbers of both, for repositories whose OIDC tokens have them in `sub` (default for
      those created since July 2026). `gh api repos/OWNER/NAME --jq '.owner.id, .id'` prints them.
    trust_names: whether a `sub` without the numbers is trusted too.
    build_refs: refs whose runs may push an image, in full: Entra knows no patterns.
    build_environments: environments whose jobs may push an image, such as one that tags of versions may use.
    issuer: another one for GitHub Enterprise, https://HOST/_services/token or https://token.actions.githubusercontent.com/SLUG.
  TEXT
  type = object({
    repository         = string
    owner_id           = optional(number)
    repository_id      = optional(number)
    trust_names        = optional(bool, true)
    build_refs         = optional(set(string), ["refs/heads/main"])
    build_environments = optional(set(string), [])
    issuer             = optional(string, "https://token.actions.githubusercontent.com")
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
    condition     = alltrue([for ref in var.github.build_refs : can(regex("^refs/(?:heads|tags)/[A-Za-z0-9._/-]+$", ref))])
    error_message = "github.build_refs: not full refs; Entra compares them as a whole, so that a * matches nothing. Example: build_refs = [\"refs/heads/main\"]"
  }
  validation {
    condition     = alltrue([for name in var.github.build_environments : can(regex("^[A-Za-z0-9._-]{1,255}$", name))])
    error_message = "github.build_environments: not names of environments. Example: build_environments = [\"release\"]"
  }
  validation {
    # https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations
    condition     = (length(var.github.build_refs) + length(var.github.build_environments)) * (var.github.owner_id != null && var.github.trust_names ? 2 : 1) <= 20
    error_message = "github.build_refs and github.build_environments: an identity of Azure has at most 20 credentials, two for each ref where names and numbers are trusted. Example: build_refs = [\"refs/heads/main\"]"
  }
  validation {
    condition     = can(regex("^https://[^\\s/]+(?:/[^\\s/]+)*$", var.github.issuer))
    error_message = "github.issuer: not an https address without a slash at its end. Example: issuer = \"https://token.actions.githubusercontent.com\""
  }
}

variable "resource_group" {
  description = <<-TEXT
    name: default is PROJECT-ENVIRONMENT.
    create: false where it is there already. Who deploys may change and delete every container group in it.
  TEXT
  type = object({
    name   = optional(string)
    create = optional(bool, true)
  })
  default = {}

  validation {
    condition     = can(regex("^[A-Za-z0-9_().-]{0,89}[A-Za-z0-9_()-]$", coalesce(var.resource_group.name, "shop")))
    error_message = "resource_group.name: not a name of a resource group. Example: name = \"shop-production\""
  }
}

variable "registry" {
  description = <<-TEXT
    Azure Container Registry for the images.
    name: its name, which no other customer of Azure may have; default is the project's with six characters more.
    create: false where it is there already, such as the one that another environment made.
    resource_group: that of a registry which is there already; default is that of this environment.
    sku: Basic, Standard or Premium. The next three need Premium.
    untagged_days: days after which images without a tag are deleted; null for never. A deployment by digest needs
      its image for as long as somebody may roll back to it.
    quarantine: whether a pushed image cannot be pulled before something lets it out. Without that nothing starts.
    zone_redundant: whether images outlive the loss of a zone.
  TEXT
  type = object({
    name           = optional(string)
    create         = optional(bool, true)
    resource_group = optional(string)
    sku            = optional(string, "Basic")
    untagged_days  = optional(number)
    quarantine     = optional(bool, false)
    zone_redundant = optional(bool, false)
  })
  default = {}

  validation {
    condition     = can(regex("^[A-Za-z0-9]{5,50}$", coalesce(var.registry.name, "shop01")))
    error_message = "registry.name: 5 to 50 letters and digits, no dash. Example: name = \"octoshop\""
  }
  validation {
    condition     = !var.registry.create || var.registry.resource_group == null
    error_message = "registry.resource_group: only for a registry that is there already. Example: create = false, name = \"octoshop\", resource_group = \"shared\""
  }
  validation {
    condition     = contains(["Basic", "Standard", "Premium"], var.registry.sku)
    error_message = "registry.sku: not one of Basic, Standard, Premium. Example: sku = \"Basic\""
  }
  validation {
    condition     = try(var.registry.untagged_days >= 1 && var.registry.untagged_days <= 365 && floor(var.registry.untagged_days) == var.registry.untagged_days, var.registry.untagged_days == null)
    error_message = "registry.untagged_days: not a number of days from 1 to 365. Example: untagged_days = 30"
  }
  validation {
    condition     = var.registry.sku == "Premium" || (var.registry.untagged_days == null && !var.registry.quarantine && !var.registry.zone_redundant)
    error_message = "registry.sku: untagged_days, quarantine and zone_redundant need Premium. Example: sku = \"Premium\""
  }
}

variable "vault" {
  description = <<-TEXT
    Key Vault for the app's secrets.
    create: whether there is one.
    name: its name, which no other customer of Azure may have; default is PROJECT-ENVIRONMENT with six characters more.
    officers: object IDs of users or groups that may write secrets.
    purge_protection: whether nobody can delete a secret for good before its days are over. It cannot be taken back.
    soft_delete_days: days that deleted secrets are kept; cannot be changed later.
  TEXT
  type = object({
    create           = optional(bool, true)
    name             = optional(string)
    officers         = optional(set(string), [])
    purge_protection = optional(bool, false)
    soft_delete_days = optional(number, 90)
  })
  default = {}

  validation {
    condition     = can(regex("^[A-Za-z](?:-?[A-Za-z0-9])*$", coalesce(var.vault.name, "shop"))) && length(coalesce(var.vault.name, "shop")) >= 3 && length(coalesce(var.vault.name, "shop")) <= 24
    error_message = "vault.name: 3 to 24 letters, digits and single dashes, from a letter to a letter or digit. Example: name = \"octo-shop\""
  }
  validation {
    condition     = alltrue([for id in var.vault.officers : can(regex("^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$", id))])
    error_message = "vault.officers: not object IDs. Example: officers = [\"0b1f6471-1bf0-4dda-aec3-111122223333\"]"
  }
  validation {
    condition     = var.vault.soft_delete_days >= 7 && var.vault.soft_delete_days <= 90 && floor(var.vault.soft_delete_days) == var.vault.soft_delete_days
    error_message = "vault.soft_delete_days: not a number of days from 7 to 90. Example: soft_delete_days = 90"
  }
}
