"""One file per framework: each holds `HARNESS`. A new file joins the suite by being here."""
