"""Binds every feature file, or the one that was generated from an HR feed."""

from pytest_bdd import scenarios

from harness.feed import scenario_source

scenarios(scenario_source())
