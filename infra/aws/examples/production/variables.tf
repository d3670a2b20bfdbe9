variable "region" {
  description = "Example: eu-central-1"
  type        = string
}

variable "name" {
  description = "Name of the app. Example: shop"
  type        = string
}

variable "github" {
  description = "Repository that deploys. Example: { repository = \"octo-org/shop\" }"
  type = object({
    repository    = string
    owner_id      = optional(number)
    repository_id = optional(number)
    trust_names   = optional(bool, true)
    build_refs    = optional(list(string), ["refs/heads/main"])
  })
}

variable "alone_in_account" {
  description = "false where staging, in the same account, made the repository and the identity provider already."
  type        = bool
}

variable "domain" {
  description = "Example: shop.example.com"
  type        = string
}

variable "certificate" {
  description = "ARN of the certificate for it, in the same region."
  type        = string
}

variable "zone_id" {
  description = "Hosted zone in Route 53 for it; null where the record is made elsewhere."
  type        = string
  default     = null
}

variable "emails" {
  description = "Who hears of alarms and costs."
  type        = list(string)
}
