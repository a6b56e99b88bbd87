"""The marketplace: a catalogue of applications that whoever has a PaaS manager can deploy (seed 3.4.1.5, 5.4)."""
