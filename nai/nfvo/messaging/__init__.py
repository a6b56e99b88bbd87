"""How orchestrator and VNFMs talk (wire contract 6.5): queues of the 3.x and the 5/6 generation, and REST."""
