class Step: pass
