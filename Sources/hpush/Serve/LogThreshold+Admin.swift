import Admin
import HPushLog

extension LogThreshold: LogLevelControl {}
