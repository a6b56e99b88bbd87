"""VNF manager of media servers: places sessions, watches heartbeats, scales (seed 2.3.5, 2.3.7.4-5, 3.3.2.1)."""
