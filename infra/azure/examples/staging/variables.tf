variable "subscription" {
  description = "ID of the subscription. Example: 0b1f6471-1bf0-4dda-aec3-111122223333"
  type        = string
}

variable "location" {
  description = "Example: West Europe"
  type        = string
  default     = "East US"
}

variable "project_name" {
  description = "Name of the app. Example: shop"
  type        = string
}

variable "github" {
  description = "Repository that deploys. Example: { repository = \"octo-org/shop\" }"
  type = object({
    repository         = string
    owner_id           = optional(number)
    repository_id      = optional(number)
    trust_names        = optional(bool, true)
    build_refs         = optional(set(string), ["refs/heads/main"])
    build_environments = optional(set(string), [])
  })
}

variable "officers" {
  description = "Object IDs of those who may write secrets: `az ad signed-in-user show --query id`."
  type        = set(string)
  default     = []
}

variable "emails" {
  description = "Who hears of alerts and costs."
  type        = list(string)
  default     = []
}
