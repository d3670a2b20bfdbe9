terraform {
  required_version = ">= 1.9" # a validation that looks at another variable

  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = ">= 4.65, < 6.0" # 4.65 has the credential of an identity in its form of today
    }
  }
}
